package io.freshet.join.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.event.Click;
import io.freshet.feature.example.LabelPolicy;
import io.freshet.feature.example.LabelSettings;
import io.freshet.feature.example.LabeledExample;
import io.freshet.join.FinalLabel;
import io.freshet.join.JoinOutput;
import io.freshet.join.JoinSettings;
import io.freshet.join.operator.JoinHarness;
import io.freshet.join.operator.LocalJoin;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** With a window of 100 ms and a warm-up of 400 ms, in a stream that starts at 1000. */
final class WarmUpTest {
  private static final JoinSettings SETTINGS =
      JoinSettings.ofClicks(
              Duration.ofMillis(100), Duration.ZERO, Duration.ofMinutes(1), Duration.ofMillis(1))
          .withWarmUp(Duration.ofMillis(400));

  @Test
  void positivesComeWithTheNegativesAtFirstAndWithTheirClicksInTheEnd() {
    WarmUp warmUp = new WarmUp(SETTINGS);
    warmUp.shown(1000);
    warmUp.shown(1200);

    assertThat(warmUp.notBefore(1000)).isEqualTo(1100);
    assertThat(warmUp.notBefore(1200)).isEqualTo(1250);
    assertThat(warmUp.notBefore(1399)).isEqualTo(1399);
    assertThat(warmUp.notBefore(1400)).isEqualTo(1400);
  }

  @Test
  void orderOfImpressionsIsKept() {
    WarmUp warmUp = new WarmUp(SETTINGS);
    warmUp.shown(1000);

    for (long shown = 1000; shown < 1500; shown++) {
      assertThat(warmUp.notBefore(shown + 1)).isGreaterThanOrEqualTo(warmUp.notBefore(shown));
    }
  }

  @Test
  void firstWindowShowsTheLearnerNoPositivesAlone() {
    List<LabeledExample> emitted = new ArrayList<>();
    LocalJoin join = new LocalJoin(SETTINGS, output(emitted));
    for (int i = 0; i < 100; i++) {
      join.impression(JoinHarness.encoded("i" + i, 1000 + i));
      if (i % 4 == 0) {
        join.click(new Click("i" + i, 1000 + i));
      }
    }
    join.advanceTo(1097);
    assertThat(emitted).isEmpty();

    join.advanceTo(Long.MAX_VALUE);

    int positives = 0;
    for (int i = 0; i < emitted.size(); i++) {
      positives += emitted.get(i).label() == 1 ? 1 : 0;
      assertThat(positives).as("of the first %d", i + 1).isLessThanOrEqualTo(2 + (i + 1) / 3);
    }
    assertThat(positives).isEqualTo(25);
  }

  @Test
  void fullWaitHoldsAlways() {
    WarmUp warmUp = new WarmUp(SETTINGS.withLabels(LabelSettings.of(LabelPolicy.FULL_WAIT)));
    warmUp.shown(1000);

    assertThat(warmUp.notBefore(1000)).isEqualTo(1100);
    assertThat(warmUp.notBefore(999_000)).isEqualTo(999_100);
  }

  private static JoinOutput output(List<LabeledExample> emitted) {
    return new JoinOutput() {
      @Override
      public void example(LabeledExample example) {
        emitted.add(example);
      }

      @Override
      public void lateClick(Click click) {}

      @Override
      public void finalLabel(FinalLabel label) {}
    };
  }
}
