package io.freshet.join.attribution;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.event.Click;
import io.freshet.feature.example.EncodedImpression;
import io.freshet.feature.example.Example;
import io.freshet.feature.example.LabeledExample;
import io.freshet.join.FinalLabel;
import io.freshet.join.JoinCounts;
import io.freshet.join.JoinCounts.Count;
import io.freshet.join.JoinEntry;
import io.freshet.join.JoinOutput;
import io.freshet.join.JoinSettings;
import io.freshet.join.policy.DelayHistogram;
import io.freshet.join.policy.WarmUp;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** With a window of 100 ms and a bound of 10 ms; the impression is shown at 1000. */
final class AttributionTest {
  private static final long NO_TIME = Long.MIN_VALUE;

  private static final JoinSettings SETTINGS =
      JoinSettings.ofClicks(
          Duration.ofMillis(100),
          Duration.ofMillis(10),
          Duration.ofMinutes(1),
          Duration.ofMillis(1));

  private final JoinCounts counts = new JoinCounts();
  private final RecordingOutput output = new RecordingOutput();
  private final Attribution attribution =
      new Attribution(SETTINGS, new WarmUp(SETTINGS), new DelayHistogram(100), counts, output);

  private JoinEntry entry = JoinEntry.NOTHING;

  @Test
  void usageExample() {
    impression(1000, NO_TIME);
    click(1050, NO_TIME);

    assertThat(output.examples).containsExactly(example(1, 1050));
    assertThat(output.lateClicks).isEmpty();
  }

  @Test
  void noClickUntilTheEndOfTheWindowMakesANegative() {
    impression(1000, NO_TIME);
    time(1099);
    assertThat(output.examples).isEmpty();

    time(1100);

    assertThat(output.examples).containsExactly(example(0, 1100));
  }

  @Test
  void theLastInstantOfTheWindowCounts() {
    impression(1000, NO_TIME);
    click(1100, NO_TIME);

    assertThat(output.examples).containsExactly(example(1, 1100));
  }

  @Test
  void clickBeforeItsImpressionArrivesWaitsForIt() {
    click(1050, NO_TIME);
    assertThat(output.examples).isEmpty();

    impression(1000, 1020);

    assertThat(output.examples).containsExactly(example(1, 1050));
  }

  @Test
  void clickTimestampedBeforeItsImpressionCounts() {
    click(995, NO_TIME);
    impression(1000, NO_TIME);

    assertThat(output.examples).containsExactly(example(1, 1000));
  }

  @Test
  void theEarliestOfTheClicksThatWaitDecides() {
    click(1130, NO_TIME);
    click(1090, NO_TIME);
    click(1120, NO_TIME);
    impression(1000, NO_TIME);

    assertThat(output.examples).containsExactly(example(1, 1090));
    assertThat(counts.of(Count.DUPLICATE_CLICKS)).isEqualTo(2);
  }

  @Test
  void clickAfterTheWindowIsLateAndDoesNotDecide() {
    impression(1000, NO_TIME);
    click(1101, NO_TIME);
    click(1101, NO_TIME);
    time(1100);
    click(1101, 1100);

    assertThat(output.examples).containsExactly(example(0, 1100));
    assertThat(output.lateClicks).containsExactly(new Click("a", 1101));
    assertThat(counts.of(Count.DUPLICATE_CLICKS)).isEqualTo(2);
  }

  @Test
  void clickWithinTheWindowStillDecidesAfterOneThatWasLate() {
    impression(1000, NO_TIME);
    click(1101, NO_TIME);
    click(1050, NO_TIME);

    assertThat(output.examples).containsExactly(example(1, 1050));
  }

  @Test
  void lateClickThatWaitedForItsImpressionIsLateWhenItComes() {
    click(1101, NO_TIME);
    impression(1000, NO_TIME);
    time(1100);

    assertThat(output.lateClicks).containsExactly(new Click("a", 1101));
    assertThat(output.examples).containsExactly(example(0, 1100));
  }

  @Test
  void clickThatComesAfterTheDecisionIsLate() {
    impression(1000, NO_TIME);
    time(1100);
    click(1050, 1100);
    click(1050, 1100);

    assertThat(output.lateClicks).containsExactly(new Click("a", 1050));
    assertThat(counts.of(Count.LATE_CLICKS)).isEqualTo(1);
    assertThat(counts.of(Count.DUPLICATE_CLICKS)).isEqualTo(1);
  }

  @Test
  void duplicatesChangeNothingBeforeAndAfterTheDecision() {
    impression(1000, NO_TIME);
    impression(1000, NO_TIME);
    click(1050, NO_TIME);
    click(1050, NO_TIME);
    impression(1000, NO_TIME);
    impression(1000, 1209);

    assertThat(output.examples).containsExactly(example(1, 1050));
    assertThat(output.lateClicks).isEmpty();
    assertThat(counts.of(Count.DUPLICATE_IMPRESSIONS)).isEqualTo(3);
    assertThat(counts.of(Count.DUPLICATE_CLICKS)).isEqualTo(1);
  }

  @Test
  void decidedIdIsForgottenWhenEvenLateClicksAreOver() {
    impression(1000, NO_TIME);
    click(1050, NO_TIME);
    time(1209);
    assertThat(entry).isNotEqualTo(JoinEntry.NOTHING);

    time(1210);

    assertThat(entry).isEqualTo(JoinEntry.NOTHING);
  }

  @Test
  void clickWithoutImpressionIsAnOrphanAfterTheWindowAndTheBound() {
    click(1050, NO_TIME);
    time(1159);
    assertThat(output.lateClicks).isEmpty();

    time(1160);

    assertThat(output.lateClicks).containsExactly(new Click("a", 1050));
    assertThat(counts.of(Count.ORPHAN_CLICKS)).isEqualTo(1);
    assertThat(entry).isEqualTo(JoinEntry.NOTHING);
  }

  @Test
  void clickLaterThanAnyImpressionIsAnOrphanAtOnce() {
    click(1050, 1160);

    assertThat(output.lateClicks).containsExactly(new Click("a", 1050));
    assertThat(entry).isEqualTo(JoinEntry.NOTHING);
  }

  @Test
  void impressionBehindTheWatermarkStillHasTheRestOfItsWindow() {
    impression(1000, 1099);
    assertThat(output.examples).isEmpty();

    click(1099, 1099);

    assertThat(output.examples).containsExactly(example(1, 1099));
  }

  @Test
  void impressionAfterItsWindowIsDecidedAtOnceWhileItsClicksAreHeld() {
    click(1050, NO_TIME);
    impression(1000, 1109);
    impressionOfAnotherId(1000, 1109);

    assertThat(output.examples).extracting(LabeledExample::label).containsExactly(1f, 0f);
  }

  @Test
  void impressionLaterThanThatIsCountedAndNotLearned() {
    impression(1000, 1110);

    assertThat(output.examples).isEmpty();
    assertThat(counts.of(Count.LATE_IMPRESSIONS)).isEqualTo(1);
    assertThat(counts.waitingImpressions()).isZero();
  }

  @Test
  void lateImpressionDoesNotTakeTheClickThatWaits() {
    click(1050, NO_TIME);
    impression(1000, 1110);
    time(1160);

    assertThat(output.examples).isEmpty();
    assertThat(output.lateClicks).hasSize(1);
    assertThat(counts.waitingClicks()).isZero();
  }

  private void impression(long timestamp, long watermark) {
    entry = attribution.onImpression(entry, encoded("a", timestamp), watermark);
  }

  private void impressionOfAnotherId(long timestamp, long watermark) {
    attribution.onImpression(JoinEntry.NOTHING, encoded("b", timestamp), watermark);
  }

  private void click(long timestamp, long watermark) {
    entry = attribution.onClick(entry, new Click("a", timestamp), watermark);
  }

  private void time(long now) {
    entry = attribution.onTime("a", entry, now);
  }

  private static final Example EXAMPLE = new Example(7, new long[] {0}, new float[] {1});

  private static EncodedImpression encoded(String id, long timestamp) {
    return new EncodedImpression(id, timestamp, 2, EXAMPLE);
  }

  private static LabeledExample example(float label, long time) {
    return new LabeledExample("a", time, label, 2, EXAMPLE);
  }

  private static final class RecordingOutput implements JoinOutput {
    final List<LabeledExample> examples = new ArrayList<>();
    final List<Click> lateClicks = new ArrayList<>();
    final List<FinalLabel> finalLabels = new ArrayList<>();

    @Override
    public void example(LabeledExample example) {
      examples.add(example);
    }

    @Override
    public void lateClick(Click click) {
      lateClicks.add(click);
    }

    @Override
    public void finalLabel(FinalLabel label) {
      finalLabels.add(label);
    }
  }
}
