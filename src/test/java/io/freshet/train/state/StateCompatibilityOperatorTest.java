package io.freshet.train.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.LogLines;
import io.freshet.feature.FeatureSchema;
import io.freshet.feature.Field;
import io.freshet.model.LearningSettings;
import io.freshet.model.ModelSettings;
import io.freshet.model.optimizer.Adagrad;
import io.freshet.model.optimizer.Adam;
import io.freshet.model.optimizer.FieldLearning;
import io.freshet.model.optimizer.Ftrl;
import io.freshet.model.optimizer.Momentum;
import io.freshet.model.optimizer.OptimizerSettings;
import io.freshet.model.optimizer.Regularization;
import io.freshet.model.optimizer.RowWiseAdagrad;
import io.freshet.model.optimizer.Sgd;
import io.freshet.train.InitialModel;
import io.freshet.train.LoopSettings;
import io.freshet.train.RefusedException;
import io.freshet.train.TrainSettings;
import io.freshet.train.loop.SyntheticExamples;
import io.freshet.train.loop.TrainerHarness;
import io.freshet.train.message.ShardRequest;
import io.freshet.train.message.ShardResponse;
import io.freshet.train.table.EmbeddingShard;
import java.util.List;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** A shard restored under other settings than its state was made with. */
final class StateCompatibilityOperatorTest {
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
        .hasMessageContaining("model.embedding-size is 8, in the restored state it is 4")
        .hasMessageContaining("or convert the state with --migrate");
  }

  @Test
  void theSeedCannotBeMigrated() throws Exception {
    OperatorSubtaskState state = stateOf(MODEL, LearningSettings.DEFAULT);
    ModelSettings other = new ModelSettings(8, List.of(), 0, 7);

    assertThatThrownBy(() -> openMigrating(other, state))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("model.seed is 7, in the restored state it is 42")
        .hasMessageNotContainingAny("embedding-size", "--migrate");
  }

  @Test
  void anotherOptimizerIsRefusedEvenIfItsRowsAreAsWide() throws Exception {
    OperatorSubtaskState state = stateOf(MODEL, LearningSettings.DEFAULT);
    LearningSettings other = withFirstOrder(new Sgd(0.1f));

    assertThatThrownBy(() -> open(MODEL, other, state))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining(
            "train.first-order-optimizer.kind is sgd, in the restored state it is ftrl");
  }

  @ParameterizedTest
  @MethodSource("others")
  void anotherEmbeddingOptimizerIsRefusedByNamingBoth(OptimizerSettings other, String name)
      throws Exception {
    OperatorSubtaskState state = stateOf(MODEL, LearningSettings.DEFAULT);

    assertThatThrownBy(() -> open(MODEL, withEmbedding(other), state))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining(
            "train.embedding-optimizer.kind is " + name + ", in the restored state it is adagrad");
  }

  static List<Arguments> others() {
    return List.of(
        Arguments.of(new RowWiseAdagrad(0.1f, 0.1f), "rowwise-adagrad"),
        Arguments.of(new Momentum(0.1f, 0.9f), "momentum"),
        Arguments.of(new Adam(0.1f, 0.9f, 0.9f, 0.1f, 0), "adam"));
  }

  @ParameterizedTest
  @CsvSource({
    "1.0, 1, 0, 0, Infinity, alpha is 1.0",
    "0.5, 2, 0, 0, Infinity, beta is 2.0",
    "0.5, 1, 0.1, 0, Infinity, l1 is 0.1",
    "0.5, 1, 0, 3, Infinity, l2 is 3.0",
    "0.5, 1, 0, 0, 100, accumulator-cap is 100.0"
  })
  void ftrlOfOtherConstantsIsRefusedAsItsWeightsAreDerivedByThem(
      float alpha, float beta, float l1, float l2, float cap, String said) throws Exception {
    OperatorSubtaskState state = stateOf(MODEL, LearningSettings.DEFAULT);
    LearningSettings other = withFirstOrder(new Ftrl(alpha, beta, l1, l2, cap));

    assertThatThrownBy(() -> open(MODEL, other, state))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("train.first-order-optimizer." + said + ", in the restored state");
  }

  @Test
  void factorsOfAlphaAreBoundAsAlphaIs() throws Exception {
    OperatorSubtaskState state = stateOf(MODEL, LearningSettings.DEFAULT);
    LearningSettings other =
        LearningSettings.DEFAULT.withRegularization(
            Regularization.OFF.with(List.of(new FieldLearning(2, 3, 0))));

    assertThatThrownBy(() -> open(MODEL, other, state))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining(
            "rate-factor of feature number 2 is 3.0, in the restored state it is 1.0");
  }

  @Test
  void ratesMayChangeAndThatIsLogged() throws Exception {
    OperatorSubtaskState state = stateOf(MODEL, LearningSettings.DEFAULT);
    LearningSettings d = LearningSettings.DEFAULT;
    LearningSettings other =
        new LearningSettings(
            d.stepSize(),
            d.repeatsPerUser(),
            d.firstOrder(),
            new Adagrad(0.05f, 0.1f),
            d.denseStepSize(),
            d.dense());

    try (LogLines log = LogLines.of(StateCompatibility.class)) {
      open(MODEL, other, state);

      assertThat(log.lines())
          .containsExactly(
              "INFO train.embedding-optimizer.learning-rate is 0.05 from now on; the restored state"
                  + " was learned with 0.1");
    }
  }

  @Test
  void featuresMayComeGoAndChangeTheirOrder() throws Exception {
    List<Field> fields = SyntheticExamples.SCHEMA.fields();
    Field other = new Field.Categorical("hour", 4);
    FeatureSchema changed = new FeatureSchema(List.of(other, fields.get(1), fields.get(0)), "user");
    OperatorSubtaskState state = trainerState(SyntheticExamples.SCHEMA, MODEL);

    assertThatCode(() -> openTrainer(changed, MODEL, state)).doesNotThrowAnyException();
  }

  @Test
  void theNumberOfAFeatureThatWentIsNeverAnothers() throws Exception {
    List<Field> fields = SyntheticExamples.SCHEMA.fields();
    FeatureSchema fewer = new FeatureSchema(fields.subList(0, 2), "user");
    Field other = new Field.Categorical("hour", 3);
    FeatureSchema reused = new FeatureSchema(List.of(fields.get(0), other), "user");
    OperatorSubtaskState whole = trainerState(SyntheticExamples.SCHEMA, MODEL);
    OperatorSubtaskState without = trainerStateFrom(fewer, whole);

    assertThatThrownBy(() -> openTrainer(reused, MODEL, without))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining(
            "feature number 3 is hour, categorical, in the restored state it is tags, multi")
        .hasMessageContaining("needs a number of its own");
    assertThatCode(() -> openTrainer(SyntheticExamples.SCHEMA, MODEL, without))
        .doesNotThrowAnyException();
  }

  @Test
  void aNumberThatNamesAnotherFeatureIsRefused() throws Exception {
    List<Field> fields = SyntheticExamples.SCHEMA.fields();
    Field other = new Field.Numeric("price", 2, new Field.Transform.Log());
    FeatureSchema swapped = new FeatureSchema(List.of(fields.get(0), other, fields.get(2)), "user");
    OperatorSubtaskState state = trainerState(SyntheticExamples.SCHEMA, MODEL);

    assertThatThrownBy(() -> openTrainer(swapped, MODEL, state))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining(
            "feature number 2 is price, numeric, transform log, in the restored state it is item,"
                + " categorical");
  }

  private static OperatorSubtaskState trainerState(FeatureSchema schema, ModelSettings model)
      throws Exception {
    var trainer = trainer(schema, model);
    try {
      trainer.open();
      return trainer.snapshot(1, 1);
    } finally {
      trainer.close();
    }
  }

  private static OperatorSubtaskState trainerStateFrom(
      FeatureSchema schema, OperatorSubtaskState state) throws Exception {
    var trainer = trainer(schema, MODEL);
    try {
      trainer.initializeState(state);
      trainer.open();
      return trainer.snapshot(2, 2);
    } finally {
      trainer.close();
    }
  }

  private static void openTrainer(
      FeatureSchema schema, ModelSettings model, OperatorSubtaskState state) throws Exception {
    var trainer = trainer(schema, model);
    try {
      trainer.initializeState(state);
      trainer.open();
    } finally {
      trainer.close();
    }
  }

  private static TrainerHarness trainer(FeatureSchema schema, ModelSettings model)
      throws Exception {
    return new TrainerHarness(schema, model, TrainSettings.DEFAULT);
  }

  private static LearningSettings withFirstOrder(OptimizerSettings optimizer) {
    LearningSettings d = LearningSettings.DEFAULT;
    return new LearningSettings(
        d.stepSize(), d.repeatsPerUser(), optimizer, d.embedding(), d.denseStepSize(), d.dense());
  }

  private static LearningSettings withEmbedding(OptimizerSettings optimizer) {
    LearningSettings d = LearningSettings.DEFAULT;
    return new LearningSettings(
        d.stepSize(), d.repeatsPerUser(), d.firstOrder(), optimizer, d.denseStepSize(), d.dense());
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

  private static void openMigrating(ModelSettings model, OperatorSubtaskState state)
      throws Exception {
    var shard = harness(model, LearningSettings.DEFAULT, InitialModel.PLAIN.migrating());
    try {
      shard.initializeState(state);
      shard.open();
    } finally {
      shard.close();
    }
  }

  private static KeyedOneInputStreamOperatorTestHarness<Long, ShardRequest, ShardResponse> harness(
      ModelSettings model, LearningSettings learning) throws Exception {
    return harness(model, learning, InitialModel.PLAIN);
  }

  private static KeyedOneInputStreamOperatorTestHarness<Long, ShardRequest, ShardResponse> harness(
      ModelSettings model, LearningSettings learning, InitialModel start) throws Exception {
    TrainSettings settings = TrainSettings.DEFAULT.withCacheRows(16).withLearning(learning);
    return new KeyedOneInputStreamOperatorTestHarness<>(
        new EmbeddingShard(
            LoopSettings.of(SyntheticExamples.SCHEMA, model, settings).withStart(start), false),
        ShardRequest::key,
        Types.LONG);
  }
}
