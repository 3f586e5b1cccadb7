package io.freshet.join.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.freshet.LogLines;
import io.freshet.event.Click;
import io.freshet.feature.example.LabeledExample;
import io.freshet.join.BreakerSettings;
import io.freshet.join.JoinSettings;
import io.freshet.join.attribution.DueTimers;
import java.time.Duration;
import java.util.stream.IntStream;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** With a window of 100 s, a bound of 10 s and timers at whole tens of seconds. */
final class LabelJoinOperatorTest {
  private static final JoinSettings SETTINGS =
      JoinSettings.ofClicks(
          Duration.ofSeconds(100),
          Duration.ofSeconds(10),
          Duration.ofMinutes(1),
          Duration.ofSeconds(10));

  private JoinHarness join;

  @BeforeEach
  void open() throws Exception {
    join = JoinHarness.open(SETTINGS);
  }

  @AfterEach
  void close() {
    join.close();
  }

  @Test
  void clickMakesAPositiveWhenTimeReachesIt() throws Exception {
    join.impression("a", 1_000);
    join.click("a", 5_000);
    join.watermarks(4_000);
    assertThat(join.extractOutputValues()).isEmpty();

    join.watermarks(10_000);

    assertThat(join.extractOutputValues())
        .extracting(LabeledExample::impressionId, LabeledExample::label, LabeledExample::time)
        .containsExactly(tuple("a", 1f, 5_000L));
    assertThat(join.getRecordOutput()).extracting(StreamRecord::getTimestamp).containsOnly(5_000L);
  }

  @Test
  void positivesDoNotOvertakeTheNegativesOfTheirTime() throws Exception {
    join.watermarks(0);
    join.impression("ignored", 1_000);
    join.impression("clicked", 50_000);
    join.click("clicked", 130_000);
    join.watermarks(140_000);

    assertThat(join.extractOutputValues())
        .extracting(LabeledExample::impressionId)
        .containsExactly("ignored", "clicked");
  }

  @Test
  void examplesThatWaitForTimeSurviveARestart() throws Exception {
    join.watermarks(0);
    join.impression("a", 2_000);
    join.click("a", 90_000);
    OperatorSubtaskState state = join.snapshot(1, 1);

    try (JoinHarness restored = JoinHarness.restore(SETTINGS, state, 1, 1, 0)) {
      assertThat(restored.extractOutputValues()).isEmpty();
      restored.watermarks(Long.MAX_VALUE);

      assertThat(restored.extractOutputValues())
          .extracting(LabeledExample::impressionId, LabeledExample::label)
          .containsExactly(tuple("a", 1f));
      assertThat(restored.numKeyedStateEntries()).isZero();
      assertThat(restored.numEventTimeTimers()).isZero();
    }
  }

  @Test
  void impressionsOfOneBucketShareTheTimerOfTheirKeyGroup() throws Exception {
    for (int i = 0; i < 1_000; i++) {
      join.impression("i" + i, 1_000 + i);
    }

    assertThat(join.numEventTimeTimers()).isLessThanOrEqualTo(JoinHarness.MAX_PARALLELISM);
  }

  @Test
  void windowEndsAtTheTimersBucket() throws Exception {
    join.impression("a", 1_000);
    join.watermarks(109_999);
    assertThat(join.extractOutputValues()).isEmpty();

    join.watermarks(110_000);

    assertThat(join.extractOutputValues())
        .extracting(LabeledExample::label, LabeledExample::time)
        .containsExactly(tuple(0f, 110_000L));
  }

  @Test
  void lateClickGoesToItsOwnOutput() throws Exception {
    join.impression("a", 1_000);
    join.click("a", 101_001);

    assertThat(join.extractOutputValues()).isEmpty();
    assertThat(join.getSideOutput(JoinHarness.LATE))
        .containsExactly(new StreamRecord<>(new Click("a", 101_001), 101_001));
  }

  @Test
  void examplesAreNeverBehindTheWatermark() throws Exception {
    join.impression("a", 1_000);
    join.watermarks(50_000);
    join.click("a", 5_000);

    assertThat(join.getRecordOutput()).extracting(StreamRecord::getTimestamp).containsOnly(50_001L);
    assertThat(join.extractOutputValues()).extracting(LabeledExample::time).containsOnly(50_001L);
  }

  @Test
  void nothingIsPublishedWhileMostImpressionsAreLate() throws Exception {
    join.watermarks(1_000_000_000);
    try (LogLines log = LogLines.of(LabelJoin.class)) {
      for (int i = 0; i < 300; i++) {
        join.impression("late-" + i, 1_000);
      }
      join.getOperator().prepareSnapshotPreBarrier(1);

      assertThat(log.lines())
          .singleElement()
          .asString()
          .startsWith("WARN 100 % of the impressions come after their window");
      assertThat(join.getSideOutput(JoinHarness.HOLDS))
          .containsExactly(new StreamRecord<>("impressions are late"));
    }
  }

  @Test
  void silentClickTopicStopsTime() throws Exception {
    join.impression("a", 1_000);
    join.processWatermark2(new Watermark(2_000));
    join.processWatermark1(new Watermark(500_000));

    assertThat(join.extractOutputValues()).isEmpty();
    assertThat(join.getOutput()).containsExactly(new Watermark(2_000));
  }

  @Test
  void clickTopicThatStaysSilentForTheLongestHoldIsNotWaitedFor() throws Exception {
    long hold = SETTINGS.breaker().maxHold().toMillis();
    join.impression("a", 1_000);
    join.processWatermark2(new Watermark(2_000));
    join.processWatermarkStatus2(WatermarkStatus.IDLE);
    join.setProcessingTime(hold - 1);
    join.processWatermark1(new Watermark(500_000));
    assertThat(join.extractOutputValues()).isEmpty();

    join.setProcessingTime(hold);
    join.processWatermark1(new Watermark(500_001));

    assertThat(join.extractOutputValues()).hasSize(1);
    assertThat(join.getOutput()).last().isEqualTo(new Watermark(500_001));
  }

  @Test
  void clickTopicThatIsBackIsWaitedForAgain() throws Exception {
    join.processWatermark2(new Watermark(2_000));
    join.processWatermarkStatus2(WatermarkStatus.IDLE);
    join.setProcessingTime(SETTINGS.breaker().maxHold().toMillis());
    join.processWatermark1(new Watermark(500_000));
    join.processWatermarkStatus2(WatermarkStatus.ACTIVE);
    join.processWatermark2(new Watermark(501_000));

    join.impression("a", 501_000);
    join.processWatermark1(new Watermark(900_000));

    assertThat(join.extractOutputValues()).isEmpty();
  }

  @Test
  void clickTopicIsWaitedForWithoutEndIfImpressionsAreToBeHeld() throws Exception {
    JoinSettings hold =
        SETTINGS.withBreaker(BreakerSettings.DEFAULT.with(BreakerSettings.Action.HOLD));
    try (JoinHarness holding = JoinHarness.open(hold)) {
      holding.impression("a", 1_000);
      holding.processWatermark2(new Watermark(2_000));
      holding.processWatermarkStatus2(WatermarkStatus.IDLE);
      holding.setProcessingTime(10 * SETTINGS.breaker().maxHold().toMillis());
      holding.processWatermark1(new Watermark(500_000));

      assertThat(holding.extractOutputValues()).isEmpty();
    }
  }

  @Test
  void impressionsThatComeAfterAnOutageAreNotLate() throws Exception {
    join.processWatermark1(new Watermark(2_000));
    join.processWatermarkStatus1(WatermarkStatus.IDLE);
    join.click("a", 400_000);
    join.processWatermark2(new Watermark(500_000));

    join.processWatermarkStatus1(WatermarkStatus.ACTIVE);
    join.impression("a", 399_000);
    join.impression("b", 3_000);
    join.watermarks(Long.MAX_VALUE);

    assertThat(join.extractOutputValues())
        .extracting(LabeledExample::impressionId)
        .containsExactlyInAnyOrder("a", "b");
  }

  @Test
  void stateIsEmptyAfterTheLastWindow() throws Exception {
    join.impression("clicked", 1_000);
    join.click("clicked", 2_000);
    join.impression("ignored", 3_000);
    join.click("orphan", 4_000);
    assertThat(join.numKeyedStateEntries()).isGreaterThanOrEqualTo(3);

    join.watermarks(Long.MAX_VALUE);

    assertThat(join.numKeyedStateEntries()).isZero();
    assertThat(join.numEventTimeTimers()).isZero();
  }

  @Test
  void jumpOfTheWatermarkFiresABoundedNumberOfTimersAtOnce() throws Exception {
    int n = 2 * DueTimers.AT_ONCE + 1;
    for (int i = 0; i < n; i++) {
      join.impression("i" + i, 1_000);
    }

    join.watermarks(115_000);
    assertThat(join.extractOutputValues()).hasSizeBetween(DueTimers.AT_ONCE, n - 1);
    assertThat(join.getOutput()).doesNotContain(new Watermark(115_000));

    join.runMails();
    assertThat(join.extractOutputValues()).hasSize(n);
    assertThat(join.getOutput()).last().isEqualTo(new Watermark(115_000));
  }

  @Test
  void watermarkThatComesWhileTimersFireIsReachedInTheEnd() throws Exception {
    int n = 2 * DueTimers.AT_ONCE;
    for (int i = 0; i < n; i++) {
      join.impression("i" + i, 1_000);
    }

    join.watermarks(115_000);
    join.impression("later", 20_000);
    join.watermarks(500_000);
    join.runMails();

    assertThat(join.extractOutputValues()).hasSize(n + 1);
    assertThat(join.getOutput()).last().isEqualTo(new Watermark(500_000));
  }

  @Test
  void endOfInputFiresAllThatIsDue() throws Exception {
    int n = 2 * DueTimers.AT_ONCE + 1;
    for (int i = 0; i < n; i++) {
      join.impression("i" + i, 1_000);
    }

    join.watermarks(Long.MAX_VALUE);
    join.getOperator().finish();

    assertThat(join.extractOutputValues()).hasSize(n);
    assertThat(join.numKeyedStateEntries()).isZero();
    assertThat(join.getOutput()).last().isEqualTo(Watermark.MAX_WATERMARK);
  }

  @Test
  void whatWasLateBeforeARestartIsLateAfterIt() throws Exception {
    join.impression("a", 1_000);
    join.watermarks(400_000);
    OperatorSubtaskState state = join.snapshot(1, 1);

    try (JoinHarness restored = JoinHarness.restore(SETTINGS, state, 1, 1, 0)) {
      restored.impression("a", 1_000);
      restored.watermarks(600_000);

      assertThat(restored.extractOutputValues()).isEmpty();
    }
  }

  @Test
  void newEventsAreLearnedAfterABoundedRunHasEnded() throws Exception {
    join.watermarks(Long.MAX_VALUE);
    OperatorSubtaskState state = join.snapshot(1, 1);

    try (JoinHarness restored = JoinHarness.restore(SETTINGS, state, 1, 1, 0)) {
      restored.impression("a", 1_000);
      restored.watermarks(600_000);

      assertThat(restored.extractOutputValues()).hasSize(1);
    }
  }

  @Test
  void longerWindowAfterARestartHoldsForWhatWaits() throws Exception {
    join.impression("a", 1_000);
    OperatorSubtaskState state = join.snapshot(1, 1);
    JoinSettings longer =
        JoinSettings.ofClicks(
            Duration.ofSeconds(300),
            SETTINGS.outOfOrderness(),
            SETTINGS.idleness(),
            SETTINGS.timerBucket());

    try (JoinHarness restored = JoinHarness.restore(longer, state, 1, 1, 0)) {
      restored.watermarks(200_000);
      restored.click("a", 250_000);
      restored.watermarks(Long.MAX_VALUE);

      assertThat(restored.extractOutputValues())
          .extracting(LabeledExample::label)
          .containsExactly(1f);
      assertThat(restored.numKeyedStateEntries()).isZero();
    }
  }

  @Test
  void examplesAreNotLateWhenTheSourcesAreBehindAfterARestart() throws Exception {
    join.watermarks(500_000);
    OperatorSubtaskState state = join.snapshot(1, 1);

    try (JoinHarness restored = JoinHarness.restore(SETTINGS, state, 1, 1, 0)) {
      restored.watermarks(495_000);
      restored.impression("a", 499_000);
      restored.click("a", 499_500);

      assertThat(restored.extractOutputValues())
          .extracting(LabeledExample::time)
          .containsExactly(500_001L);
      assertThat(restored.getOutput()).doesNotContain(new Watermark(495_000));
    }
  }

  @Test
  void stateOfAWaitingImpressionSurvivesWhole() throws Exception {
    join.watermarks(0);
    IntStream.range(0, 5).forEach(i -> impression("i" + i));
    OperatorSubtaskState state = join.snapshot(1, 1);

    try (JoinHarness restored = JoinHarness.restore(SETTINGS, state, 1, 1, 0)) {
      restored.click("i3", 2_000);
      restored.watermarks(10_000);

      LabeledExample example = restored.extractOutputValues().get(0);
      assertThat(example.example().user()).isEqualTo("i3".hashCode());
      assertThat(example.example().fids()).containsExactly(0, 1_000);
      assertThat(example.example().values()).containsExactly(1, 0.5f);
    }
  }

  private void impression(String id) {
    try {
      join.impression(id, 1_000);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
