package io.freshet.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.freshet.feature.FeatureSchema;
import io.freshet.feature.LabelledExample;
import io.freshet.model.LearningSettings;
import io.freshet.model.LocalLearner;
import io.freshet.model.ModelSettings;
import io.freshet.model.OptimizerSettings;
import java.time.Duration;
import java.util.List;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A trainer whose dense optimiser has slots that decay, through checkpoints. */
@Timeout(60)
@SuppressWarnings("try") // the harness' close() may be interrupted; tests pass that on
final class OwnSlotsOperatorTest {
  private static final int BATCH = 16;
  private static final FeatureSchema SCHEMA = SyntheticExamples.SCHEMA;
  private static final ModelSettings MODEL = new ModelSettings(4, List.of(5), 0, 42);
  private static final OptimizerSettings ADAM =
      new OptimizerSettings.Adam(0.01f, 0.9f, 0.99f, 1e-8f, 0);
  private static final LearningSettings D = LearningSettings.DEFAULT;

  static List<OptimizerSettings> withMoments() {
    return List.of(ADAM, new OptimizerSettings.Momentum(0.01f, 0.9f));
  }

  @ParameterizedTest
  @MethodSource("withMoments")
  void aLoneTrainerGoesOnAsIfItHadNotStopped(OptimizerSettings dense) throws Exception {
    LocalLearner local = new LocalLearner(SCHEMA, MODEL, learning(dense));
    learn(local, 0, 96);
    learn(local, 96, 160);

    float[] merged;
    try (TrainerHarness first = trainer(MODEL, dense);
        TrainerHarness second = trainer(MODEL, dense)) {
      first.open();
      OperatorSubtaskState state = learn(first, 0, 96);
      second.goOnFrom(first);
      second.initializeState(state);
      second.open();
      learn(second, 96, 160);
      merged = second.merged();
    }

    float[] expected = new float[merged.length];
    local.dense().finish(0, expected.length, expected, 0);
    assertThat(merged).containsExactly(expected, within(1e-6f));
  }

  @Test
  void ofSeveralTrainersSlotsOneIsTaken() throws Exception {
    try (TrainerHarness first = trainer(MODEL, ADAM);
        TrainerHarness second = trainer(MODEL, ADAM);
        TrainerHarness both = trainer(MODEL, ADAM)) {
      first.open();
      second.open();
      OperatorSubtaskState states =
          AbstractStreamOperatorTestHarness.repackageState(
              learn(first, 0, 32), learn(second, 32, 64));

      both.goOnFrom(first);
      both.initializeState(
          AbstractStreamOperatorTestHarness.repartitionOperatorState(states, 16, 2, 1, 0));
      both.open();

      learn(both, 64, 80);
      assertThat(both.merged()).doesNotContain(Float.NaN).isNotEqualTo(first.merged());
    }
  }

  @Test
  void slotsTravelToAWiderLayer() throws Exception {
    ModelSettings wider = new ModelSettings(4, List.of(7), 0, 42);
    try (TrainerHarness before = trainer(MODEL, ADAM);
        TrainerHarness restored = trainer(wider, ADAM);
        TrainerHarness fresh = trainer(wider, ADAM)) {
      before.open();
      restored.initializeState(learn(before, 0, 96));
      restored.open();
      fresh.open();

      learn(restored, 96, 112);
      learn(fresh, 96, 112);

      float[] weights = restored.merged();
      assertThat(weights).doesNotContain(Float.NaN).isNotEqualTo(fresh.merged());
    }
  }

  @Test
  void embeddingsOfAnotherSizeStartTheSlotsAnew() throws Exception {
    ModelSettings longer = new ModelSettings(6, List.of(5), 0, 42);
    try (TrainerHarness before = trainer(MODEL, ADAM);
        TrainerHarness restored = trainer(longer, ADAM);
        TrainerHarness fresh = trainer(longer, ADAM)) {
      before.open();
      restored.initializeState(learn(before, 0, 96));
      restored.open();
      fresh.open();

      learn(restored, 96, 112);
      learn(fresh, 96, 112);

      assertThat(restored.merged()).containsExactly(fresh.merged());
    }
  }

  private static TrainerHarness trainer(ModelSettings model, OptimizerSettings dense)
      throws Exception {
    return new TrainerHarness(
        model, new TrainSettings(BATCH, Duration.ofMillis(20), 2, 32, 8, 1000, learning(dense)));
  }

  private static LearningSettings learning(OptimizerSettings dense) {
    return new LearningSettings(
        D.stepSize(), D.repeatsPerUser(), D.firstOrder(), D.embedding(), BATCH, dense);
  }

  /** Learns to a checkpoint. */
  private static OperatorSubtaskState learn(TrainerHarness trainer, int from, int to)
      throws Exception {
    for (int i = from; i < to; i += BATCH) {
      trainer.examples(i, i + BATCH);
      trainer.answerAll();
    }
    trainer.answerOnceItWaits();
    trainer.prepareSnapshotPreBarrier(1);
    return trainer.snapshot(1, 1);
  }

  private static void learn(LocalLearner local, int from, int to) {
    List<LabelledExample> examples = SyntheticExamples.examples(1, to);
    for (int i = from; i < to; i += BATCH) {
      local.learn(examples.subList(i, i + BATCH));
    }
    local.flushDense();
  }
}
