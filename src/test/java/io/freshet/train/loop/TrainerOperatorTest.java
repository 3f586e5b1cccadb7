package io.freshet.train.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.LogLines;
import io.freshet.feature.CategoricalField;
import io.freshet.feature.FeatureSchema;
import io.freshet.feature.Field;
import io.freshet.feature.example.LabeledExample;
import io.freshet.model.ModelSettings;
import io.freshet.model.batch.Predictions;
import io.freshet.train.RefusedException;
import io.freshet.train.SkippedExample;
import io.freshet.train.TrainSettings;
import io.freshet.train.feedback.FeedbackChannels;
import io.freshet.train.message.DenseDelta;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.core.execution.CheckpointingMode;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Batches of four examples, two in flight, a linger of 20 ms. */
@Timeout(60)
@SuppressWarnings("try") // the harness' close() may be interrupted; tests pass that on
final class TrainerOperatorTest {
  private static final ModelSettings MODEL = ModelSettings.deepFm(4, List.of(5), 0, 42);
  private static final TrainSettings SETTINGS =
      TrainSettings.DEFAULT.withBatchSize(4).withDenseSyncEvery(1000).withDenseSlices(8);

  private TrainerHarness harness;

  @BeforeEach
  void set() throws Exception {
    harness = new TrainerHarness(MODEL, SETTINGS);
    harness.open();
  }

  @AfterEach
  void close() throws Exception {
    harness.close();
  }

  @Test
  void usageExample() throws Exception {
    harness.examples(0, 4);
    harness.respondToAll();

    assertThat(harness.predicted()).isEqualTo(4);
    assertThat(harness.shards.updates).isEqualTo(SyntheticExamples.occurrences(1, 4));
  }

  @Test
  void anExampleOfATaskThatTheModelLacksIsSkipped() throws Exception {
    LabeledExample example = SyntheticExamples.example(1, 0).of(2);

    harness.processElement(example, example.time());
    harness.examples(0, 4);
    harness.respondToAll();

    assertThat(harness.predicted()).isEqualTo(4);
    assertThat(harness.getSideOutput(Trainer.SKIPPED))
        .extracting(StreamRecord::getValue)
        .containsExactly(
            new SkippedExample(example, "it is of task number 3, and the model has 1"));
  }

  @Test
  void aWatermarkWaitsForThePredictionsOfTheExamplesBeforeIt() throws Exception {
    harness.examples(0, 2);
    harness.processWatermark(1000);
    harness.examples(2, 4);
    assertThat(harness.getOutput()).isEmpty();

    harness.respondToAll();

    assertThat(kinds()).containsExactly("predictions of 4", "watermark 1000");
  }

  @Test
  void aWatermarkBetweenBatchesWaitsForTheNewestOpenOne() throws Exception {
    harness.examples(0, 8);
    harness.processWatermark(7000);

    harness.respondToAll();

    assertThat(kinds()).containsExactly("predictions of 4", "predictions of 4", "watermark 7000");
  }

  @Test
  void anIdleStatusWaitsToo() throws Exception {
    harness.examples(0, 3);
    harness.processWatermark(2000);
    harness.processWatermarkStatus(WatermarkStatus.IDLE);
    assertThat(harness.getOutput()).isEmpty();

    harness.setProcessingTime(20);
    harness.respondToAll();

    assertThat(kinds()).containsExactly("predictions of 3", "watermark 2000", "idle");
  }

  @Test
  void aWatermarkAfterNoExampleIsEmittedAtOnce() throws Exception {
    harness.processWatermark(500);
    harness.processWatermarkStatus(WatermarkStatus.IDLE);

    assertThat(kinds()).containsExactly("watermark 500", "idle");
  }

  @Test
  void aPartFilledBatchIsSentWhenTheLingerIsOver() throws Exception {
    harness.examples(0, 2);
    harness.setProcessingTime(19);
    assertThat(harness.lookedUp()).isEmpty();

    harness.setProcessingTime(20);

    assertThat(harness.lookedUp()).containsExactly(1L);
  }

  @Test
  void theLingerOfABatchThatWasFilledDoesNotCutTheNext() throws Exception {
    harness.examples(0, 1);
    harness.setProcessingTime(10);
    harness.examples(1, 5);
    assertThat(harness.lookedUp()).containsExactly(1L);
    harness.setProcessingTime(29);
    assertThat(harness.lookedUp()).containsExactly(1L);

    harness.setProcessingTime(30);

    assertThat(harness.lookedUp()).containsExactly(1L, 2L);
  }

  @Test
  void noMoreBatchesThanAllowedAreInFlight() throws Exception {
    harness.examples(0, 8);
    assertThat(harness.lookedUp()).containsExactly(1L, 2L);
    harness.examples(8, 11);
    harness.onceItWaits(() -> assertThat(harness.lookedUp()).containsExactly(1L, 2L));
    harness.respondOnceItWaits();

    harness.examples(11, 12);

    assertThat(harness.predicted()).isPositive();
    harness.respondToAll();
    assertThat(harness.predicted()).isEqualTo(12);
  }

  @Test
  void aShardThatDoesNotRespondIsLoggedOnce() throws Exception {
    harness.examples(0, 11);
    harness.onceItWaits(() -> pass(15_000));
    harness.onceItWaits(() -> pass(30_000));
    harness.respondOnceItWaits();

    try (LogLines log = LogLines.of(MailboxWait.class)) {
      harness.examples(11, 12);

      assertThat(log.lines())
          .satisfiesExactly(
              line ->
                  assertThat(line)
                      .startsWith(
                          "WARN trainer 0, with 2 batches and 8 dense slices without a response"),
              line -> assertThat(line).startsWith("INFO trainer 0").endsWith("after 30 s"));
    }
  }

  @Test
  void nothingIsLearnedBeforeTheWeightsArrive() throws Exception {
    harness.examples(0, 4);
    harness.respondWithRows();
    harness.respondWithRows();
    assertThat(harness.getOutput()).isEmpty();

    harness.respondToAll();

    assertThat(harness.predicted()).isEqualTo(4);
  }

  @Test
  void theDrainLearnsEveryExampleBeforeTheBarrier() throws Exception {
    harness.examples(0, 7);
    harness.processWatermark(6000);
    harness.respondOnceItWaits();

    harness.prepareSnapshotPreBarrier(1);

    harness.respondWithRows(); // deltas that were sent before the barrier
    assertThat(harness.predicted()).isEqualTo(7);
    assertThat(kinds()).endsWith("watermark 6000");
    assertThat(harness.shards.updates).isEqualTo(SyntheticExamples.occurrences(1, 7));
    assertThat(harness.denseDeltas.stream().mapToLong(DenseDelta::examples).sum()).isEqualTo(7);
  }

  @Test
  void aTrainerThatNeverSawAnExampleHasNothingToDrain() throws Exception {
    harness.prepareSnapshotPreBarrier(1);

    assertThat(harness.isSilent()).isTrue();
  }

  @Test
  void theDrainEndsWhenItsCheckpointIsAbortedAndLearningContinues() throws Exception {
    harness.examples(0, 3);
    harness.abortOnceItWaits(7);

    harness.prepareSnapshotPreBarrier(7);

    assertThat(harness.predicted()).isZero();
    harness.respondToAll();
    harness.examples(3, 6);
    harness.respondOnceItWaits();
    harness.prepareSnapshotPreBarrier(8);
    assertThat(harness.predicted()).isEqualTo(6);
  }

  @Test
  void anAbortEndsTheDrainBeforeABatchMayBeSent() throws Exception {
    harness.examples(0, 10); // two batches in flight, a third part-filled
    harness.onceItWaits(this::passTheLinger);
    harness.abortOnceItWaits(7);

    harness.prepareSnapshotPreBarrier(7);

    assertThat(harness.lookedUp()).containsExactly(1L, 2L);
    harness.respondToAll();
    harness.setProcessingTime(2000); // the linger of the third began again
    harness.respondToAll();
    assertThat(harness.predicted()).isEqualTo(10);
    assertThat(harness.shards.updates).isEqualTo(SyntheticExamples.occurrences(1, 10));
  }

  @Test
  void theAbortOfAnotherCheckpointDoesNotEndTheDrain() throws Exception {
    harness.examples(0, 3);
    harness.abortOnceItWaits(6);
    harness.abortOnceItWaits(8); // a savepoint, say, that was triggered meanwhile
    harness.respondOnceItWaits();

    harness.prepareSnapshotPreBarrier(7);

    assertThat(harness.predicted()).isEqualTo(3);
  }

  @Test
  void theLingerThatEndsInsideTheDrainSendsNothingTwice() throws Exception {
    harness.examples(0, 2);
    harness.onceItWaits(
        () -> assertThat(harness.lookedUp()).as("sent by the drain").containsExactly(1L));
    harness.onceItWaits(this::passTheLinger);
    harness.respondOnceItWaits();

    harness.prepareSnapshotPreBarrier(1);

    harness.respondToAll();
    assertThat(harness.predicted()).isEqualTo(2);
    assertThat(harness.shards.updates).isEqualTo(SyntheticExamples.occurrences(1, 2));
  }

  @Test
  void theEndOfTheInputDrainsAndNothingIsSentAfterIt() throws Exception {
    harness.examples(0, 6);
    harness.processWatermark(Watermark.MAX_WATERMARK.getTimestamp());
    harness.respondOnceItWaits();
    harness.endInput();
    harness.respondToAll();
    assertThat(harness.predicted()).isEqualTo(6);
    assertThat(kinds()).endsWith("watermark " + Long.MAX_VALUE);

    harness.prepareSnapshotPreBarrier(1);

    assertThat(harness.isSilent()).isTrue();
    assertThat(harness.shards.updates).isEqualTo(SyntheticExamples.occurrences(1, 6));
  }

  @Test
  void aTrainerHasAChannelOfItsOwn() throws Exception {
    harness.examples(0, 1);
    UUID channel = harness.channel();
    assertThat(FeedbackChannels.isOpen(channel)).isTrue();

    harness.close();

    assertThat(FeedbackChannels.isOpen(channel)).isFalse();
    set();
    harness.examples(0, 1);
    assertThat(harness.channel()).isNotEqualTo(channel);
  }

  @Test
  void atLeastOnceCheckpointsAreRefused() throws Exception {
    try (TrainerHarness other = new TrainerHarness(MODEL, SETTINGS)) {
      other
          .getEnvironment()
          .getJobConfiguration()
          .set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofSeconds(1))
          .set(
              CheckpointingOptions.CHECKPOINTING_CONSISTENCY_MODE, CheckpointingMode.AT_LEAST_ONCE);

      assertThatThrownBy(other::open)
          .isInstanceOf(RefusedException.class)
          .hasMessageContaining("execution.checkpointing.mode to EXACTLY_ONCE");
    }
  }

  @Test
  void stateOfOtherFieldsIsRefused() throws Exception {
    OperatorSubtaskState state = harness.snapshot(1, 1);
    List<Field> renamed = List.of(new CategoricalField("person", 1));

    try (TrainerHarness other =
        new TrainerHarness(new FeatureSchema(renamed, "person"), MODEL, SETTINGS)) {
      assertThatThrownBy(() -> other.initializeState(state))
          .isInstanceOf(RefusedException.class)
          .hasMessageContaining("feature number 1 is person, categorical, in the restored state");
    }
  }

  private void passTheLinger() {
    pass(1000);
  }

  private void pass(long millis) {
    try {
      harness.setProcessingTime(millis);
    } catch (Exception e) {
      throw new IllegalStateException("a timer failed", e);
    }
  }

  private List<String> kinds() {
    return harness.getOutput().stream().map(TrainerOperatorTest::kind).toList();
  }

  private static String kind(Object element) {
    if (element instanceof Watermark mark) {
      return "watermark " + mark.getTimestamp();
    }
    if (element instanceof StreamRecord<?> record) {
      return "predictions of " + ((Predictions) record.getValue()).size();
    }
    return element.equals(WatermarkStatus.IDLE) ? "idle" : "active";
  }
}
