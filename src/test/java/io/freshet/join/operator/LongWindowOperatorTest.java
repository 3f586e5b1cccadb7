package io.freshet.join.operator;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.feature.example.LabeledExample;
import io.freshet.join.JoinSettings;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A window that is long beside its timers' buckets. */
final class LongWindowOperatorTest {
  private static final long WINDOW = Duration.ofDays(30).toMillis();
  private static final long START = 1_700_000_000_000L;
  private static final int SECONDS = 20_000;

  private static final JoinSettings SETTINGS =
      JoinSettings.ofClicks(
              Duration.ofDays(30), Duration.ZERO, Duration.ofMinutes(1), Duration.ofSeconds(1))
          .withBreaker(JoinSettings.DEFAULT.breaker().disabled());

  @Test
  void timersAreFewAndLabelsExact() throws Exception {
    try (JoinHarness join = JoinHarness.open(SETTINGS)) {
      for (int i = 0; i < SECONDS; i++) {
        join.watermarks(START + 1000L * i - 1);
        join.impression("i" + i, START + 1000L * i);
      }

      assertThat(join.numEventTimeTimers()).isLessThan(2000);

      for (int i = 0; i < SECONDS; i += 100) {
        join.watermarks(START + 1000L * i + WINDOW);
        join.runMails();
        assertThat(join.extractOutputValues()).as("after window of i" + i).hasSize(i + 1);
      }
      assertThat(join.extractOutputValues())
          .extracting(LabeledExample::time)
          .isSorted()
          .startsWith(START + WINDOW);
    }
  }
}
