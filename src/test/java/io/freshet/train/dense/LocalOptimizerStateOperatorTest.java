package io.freshet.train.dense;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.freshet.feature.FeatureSchema;
import io.freshet.feature.example.LabeledExample;
import io.freshet.model.LearningSettings;
import io.freshet.model.ModelSettings;
import io.freshet.model.learn.LocalLearner;
import io.freshet.model.optimizer.Adam;
import io.freshet.model.optimizer.Momentum;
import io.freshet.model.optimizer.OptimizerSettings;
import io.freshet.train.TrainSettings;
import io.freshet.train.loop.LocalModel;
import io.freshet.train.loop.SyntheticExamples;
import io.freshet.train.loop.TrainerHarness;
import java.util.List;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A trainer whose dense optimizer has slots that decay, through checkpoints. */
@Timeout(60)
@SuppressWarnings("try") // the harness' close() may be interrupted; tests pass that on
final class LocalOptimizerStateOperatorTest {
  private static final int BATCH = 16;
  private static final FeatureSchema SCHEMA = SyntheticExamples.SCHEMA;
  private static final ModelSettings MODEL = ModelSettings.deepFm(4, List.of(5), 0, 42);
  private static final OptimizerSettings ADAM = new Adam(0.01f, 0.9f, 0.99f, 1e-8f, 0);
  private static final LearningSettings D = LearningSettings.DEFAULT;

  static List<OptimizerSettings> withMoments() {
    return List.of(ADAM, new Momentum(0.01f, 0.9f));
  }

  @ParameterizedTest
  @MethodSource("withMoments")
  void aLoneTrainerContinuesAsIfItHadNotStopped(OptimizerSettings by) throws Exception {
    LocalLearner local = new LocalLearner(SCHEMA, MODEL, learning(by));
    learn(local, 0, 96);
    float[] merged = new LocalModel(local).dense();
    float[] expected = learn(local, 96, 256);

    try (TrainerHarness first = trainer(MODEL, by);
        TrainerHarness second = trainer(MODEL, by)) {
      first.open();
      OperatorSubtaskState state = learn(first, 0, 96);
      second.continueFrom(first, merged);
      second.initializeState(state);
      second.open();
      learn(second, 96, 256);

      assertThat(second.probabilities()).containsExactly(expected, within(1e-5f));
    }
  }

  @Test
  void ofSeveralTrainersSlotsOneIsTaken() throws Exception {
    try (TrainerHarness first = trainer(MODEL, ADAM);
        TrainerHarness second = trainer(MODEL, ADAM);
        TrainerHarness both = trainer(MODEL, ADAM);
        TrainerHarness fresh = trainer(MODEL, ADAM)) {
      first.open();
      second.open();
      OperatorSubtaskState states =
          AbstractStreamOperatorTestHarness.repackageState(
              learn(first, 0, 32), learn(second, 32, 64));
      both.initializeState(
          AbstractStreamOperatorTestHarness.repartitionOperatorState(states, 16, 2, 1, 0));
      both.open();
      fresh.open();

      learn(both, 64, 128);
      learn(fresh, 64, 128);

      assertThat(both.probabilities()).doesNotContain(Float.NaN);
      assertThat(both.probabilities()).isNotEqualTo(fresh.probabilities());
    }
  }

  @Test
  void slotsTravelToAWiderLayer() throws Exception {
    assertThat(restored(ModelSettings.deepFm(4, List.of(7), 0, 42), true))
        .doesNotContain(Float.NaN)
        .isNotEqualTo(restored(ModelSettings.deepFm(4, List.of(7), 0, 42), false));
  }

  @Test
  void embeddingsOfAnotherSizeStartNewSlots() throws Exception {
    assertThat(restored(ModelSettings.deepFm(6, List.of(5), 0, 42), true))
        .containsExactly(restored(ModelSettings.deepFm(6, List.of(5), 0, 42), false));
  }

  /** What a trainer predicts, with the state of one of another shape or without. */
  private static float[] restored(ModelSettings model, boolean isRestored) throws Exception {
    try (TrainerHarness before = trainer(MODEL, ADAM);
        TrainerHarness after = trainer(model, ADAM)) {
      before.open();
      OperatorSubtaskState state = learn(before, 0, 96);
      if (isRestored) {
        after.initializeState(state);
      }
      after.open();
      learn(after, 96, 160);
      return after.probabilities();
    }
  }

  private static TrainerHarness trainer(ModelSettings model, OptimizerSettings dense)
      throws Exception {
    return new TrainerHarness(
        model,
        TrainSettings.DEFAULT
            .withBatchSize(BATCH)
            .withDenseSyncEvery(32)
            .withLearning(learning(dense)));
  }

  private static LearningSettings learning(OptimizerSettings dense) {
    return D.withOptimizers(D.firstOrder(), D.embedding(), dense).withDenseStepSize(BATCH);
  }

  /** Learns to a checkpoint. */
  private static OperatorSubtaskState learn(TrainerHarness trainer, int from, int to)
      throws Exception {
    for (int i = from; i < to; i += BATCH) {
      trainer.respondOnceItWaits(); // a restored one waits for its gauge
      trainer.examples(i, i + BATCH);
      trainer.respondToAll();
    }
    trainer.respondOnceItWaits();
    trainer.prepareSnapshotPreBarrier(1);
    return trainer.snapshot(1, 1);
  }

  /** Learns to a checkpoint; returns what was predicted. */
  private static float[] learn(LocalLearner local, int from, int to) {
    List<LabeledExample> examples = SyntheticExamples.examples(1, to);
    float[] probabilities = new float[to - from];
    for (int i = from; i < to; i += BATCH) {
      float[] some = local.learn(examples.subList(i, i + BATCH)).probabilities();
      System.arraycopy(some, 0, probabilities, i - from, BATCH);
    }
    local.flushDense();
    return probabilities;
  }
}
