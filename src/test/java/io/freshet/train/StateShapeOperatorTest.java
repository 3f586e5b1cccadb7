package io.freshet.train;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.model.LearningSettings;
import io.freshet.model.ModelSettings;
import io.freshet.model.OptimizerSettings;
import java.util.List;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;

/** A shard restored under other settings than its state was made with. */
final class StateShapeOperatorTest {
  private static final ModelSettings MODEL = new ModelSettings(4, List.of(), 0, 42);

  @Test
  void stateIsRestoredUnderTheSettingsItWasMadeWith() throws Exception {
    OperatorSubtaskState state = stateOf(MODEL, LearningSettings.DEFAULT);

    assertThatCode(() -> open(MODEL, LearningSettings.DEFAULT, state)).doesNotThrowAnyException();
  }

  @Test
  void anotherEmbeddingSizeIsRefusedByNamingBoth() throws Exception {
    OperatorSubtaskState state = stateOf(MODEL, LearningSettings.DEFAULT);

    assertThatThrownBy(
            () -> open(new ModelSettings(8, List.of(), 0, 42), LearningSettings.DEFAULT, state))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("model.embedding-size is 8, in the restored state it is 4");
  }

  @Test
  void anotherOptimizerIsRefusedEvenIfItsRowsAreAsWide() throws Exception {
    OperatorSubtaskState state = stateOf(MODEL, LearningSettings.DEFAULT);
    LearningSettings other = withFirstOrder(new OptimizerSettings.Sgd(0.1f));

    assertThatThrownBy(() -> open(MODEL, other, state))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining(
            "train.first-order-optimizer.kind is sgd, in the restored state it is ftrl");
  }

  private static LearningSettings withFirstOrder(OptimizerSettings optimizer) {
    LearningSettings d = LearningSettings.DEFAULT;
    return new LearningSettings(
        d.stepSize(), d.repeatsPerUser(), optimizer, d.embedding(), d.denseStepSize(), d.dense());
  }

  private static OperatorSubtaskState stateOf(ModelSettings model, LearningSettings learning)
      throws Exception {
    var shard = harness(model, learning);
    try {
      shard.open();
      return shard.snapshot(1, 1);
    } finally {
      shard.close();
    }
  }

  private static void open(
      ModelSettings model, LearningSettings learning, OperatorSubtaskState state) throws Exception {
    var shard = harness(model, learning);
    try {
      shard.initializeState(state);
      shard.open();
    } finally {
      shard.close();
    }
  }

  private static KeyedOneInputStreamOperatorTestHarness<Long, ShardRequest, Answer> harness(
      ModelSettings model, LearningSettings learning) throws Exception {
    TrainSettings d = TrainSettings.DEFAULT;
    TrainSettings settings =
        new TrainSettings(
            d.batchSize(),
            d.batchLinger(),
            d.maxInFlight(),
            d.denseSyncEvery(),
            d.denseSlices(),
            16,
            learning);
    return new KeyedOneInputStreamOperatorTestHarness<>(
        new EmbeddingShard(model, settings), ShardRequest::key, Types.LONG);
  }
}
