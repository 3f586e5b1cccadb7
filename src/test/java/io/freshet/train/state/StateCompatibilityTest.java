package io.freshet.train.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.feature.CategoricalField;
import io.freshet.feature.FeatureSchema;
import io.freshet.feature.Field;
import io.freshet.feature.NumericField;
import io.freshet.feature.example.LabelSettings;
import io.freshet.model.LearningSettings;
import io.freshet.model.ModelSettings;
import io.freshet.model.Task;
import io.freshet.model.Tasks;
import io.freshet.model.optimizer.Adagrad;
import io.freshet.model.optimizer.Adam;
import io.freshet.model.optimizer.FieldLearning;
import io.freshet.model.optimizer.Ftrl;
import io.freshet.model.optimizer.Momentum;
import io.freshet.model.optimizer.OptimizerSettings;
import io.freshet.model.optimizer.Regularization;
import io.freshet.model.optimizer.RowWiseAdagrad;
import io.freshet.model.optimizer.Sgd;
import io.freshet.train.RefusedException;
import io.freshet.train.TrainSettings;
import io.freshet.train.loop.SyntheticExamples;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** State checked under other settings than it was written with. */
final class StateCompatibilityTest {
  private static final FeatureSchema SCHEMA = SyntheticExamples.SCHEMA;
  private static final ModelSettings MODEL = ModelSettings.deepFm(4, List.of(), 0, 42);
  private static final ModelSettings LARGER = ModelSettings.deepFm(8, List.of(), 0, 42);
  private static final LearningSettings D = LearningSettings.DEFAULT;

  @Test
  void stateOfTheSameSettingsNeedsNoConversion() {
    assertThat(rows(MODEL, D).check(written(rows(MODEL, D)), false)).isFalse();
  }

  @Test
  void anotherEmbeddingSizeIsRefusedByNamingBothUnlessTheJobMigrates() {
    refused(rows(LARGER, D), false)
        .hasMessageContaining("model.embedding-size is 8, in the restored state it is 4")
        .hasMessageContaining("or convert the state with --migrate");

    assertThat(rows(LARGER, D).check(written(rows(MODEL, D)), true)).isTrue();
  }

  @Test
  void theSeedCannotBeMigrated() {
    refused(rows(ModelSettings.deepFm(8, List.of(), 0, 7), D), true)
        .hasMessageContaining("model.seed is 7, in the restored state it is 42")
        .hasMessageNotContainingAny("embedding-size", "--migrate");
  }

  @Test
  void anotherOptimizerIsRefusedEvenIfItsRowsAreAsWide() {
    refused(rows(MODEL, learning(new Sgd(0.1f), D.embedding())), false)
        .hasMessageContaining(
            "train.first-order-optimizer.kind is sgd, in the restored state it is ftrl");
  }

  @ParameterizedTest
  @MethodSource("others")
  void anotherEmbeddingOptimizerIsRefusedByNamingBoth(OptimizerSettings other, String name) {
    refused(rows(MODEL, learning(D.firstOrder(), other)), false)
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
  void ftrlOfOtherConstantsIsRefusedAsItsWeightsAreDerivedFromThem(
      float alpha, float beta, float l1, float l2, float cap, String said) {
    refused(rows(MODEL, learning(new Ftrl(alpha, beta, l1, l2, cap), D.embedding())), false)
        .hasMessageContaining("train.first-order-optimizer." + said + ", in the restored state");
  }

  @Test
  void factorsOfAlphaAreBoundAsAlphaIs() {
    Regularization faster = Regularization.OFF.with(List.of(new FieldLearning(2, 3, 0)));

    refused(rows(MODEL, D.withRegularization(faster)), false)
        .hasMessageContaining(
            "rate-factor of feature number 2 is 3.0, in the restored state it is 1.0");
  }

  @Test
  void theSizeOfAFieldIsBoundFromWhenTheFieldIsThere() {
    ModelSettings shorter = MODEL.withEmbeddingSizes(Map.of(2, 3));
    ModelSettings shortest = MODEL.withEmbeddingSizes(Map.of(2, 1));

    refused(rows(shorter, D), false)
        .hasMessageContaining(
            "embedding-size of feature number 2 is 3, in the restored state it is that of the"
                + " model");
    assertThatThrownBy(() -> rows(MODEL, D).check(written(rows(shorter, D)), false))
        .hasMessageContaining("is that of the model, in the restored state it is 3")
        .hasMessageContaining("--migrate");
    assertThat(rows(shorter, D).check(written(rows(shortest, D)), true)).isTrue();
    assertThat(written(rows(shorter, D)).rows(MODEL).embeddingSizes()).isEqualTo(Map.of(2, 3));
    assertThat(rows(MODEL, D).lines()).noneMatch(line -> line.contains("embedding-size of"));
    FeatureSchema more =
        new FeatureSchema(
            Stream.concat(
                    SyntheticExamples.SCHEMA.fields().stream(),
                    Stream.of(new CategoricalField("more", 9)))
                .toList(),
            "user");
    ModelSettings withMore = MODEL.withEmbeddingSizes(Map.of(9, 1));
    assertThat(StateCompatibility.ofRows(more, withMore, D).check(written(rows(MODEL, D)), false))
        .as("a field that comes")
        .isFalse();
  }

  @Test
  void ratesMayChangeAndThatIsLogged() {
    StateCompatibility slower = rows(MODEL, learning(D.firstOrder(), new Adagrad(0.05f, 0.1f)));
    StoredSettings before = written(rows(MODEL, D));

    assertThat(slower.check(before, false)).isFalse();
    assertThat(slower.changes(before))
        .containsExactly(
            "train.embedding-optimizer.learning-rate is 0.05; the restored state was learned with"
                + " 0.1");
  }

  @ParameterizedTest
  @MethodSource("optimizers")
  void everyOptimizerIsReadBack(OptimizerSettings optimizer) {
    StoredSettings stored = written(rows(MODEL, learning(D.firstOrder(), optimizer)));

    assertThat(stored.optimizer(StateCompatibility.EMBEDDING)).isEqualTo(optimizer);
    assertThat(stored.optimizer(StateCompatibility.FIRST_ORDER)).isEqualTo(D.firstOrder());
  }

  static List<OptimizerSettings> optimizers() {
    return List.of(
        new Sgd(0.2f),
        new Adagrad(0.1f, 0.3f, 5),
        new RowWiseAdagrad(0.1f, 0.3f, 5),
        new Ftrl(0.5f, 1, 0.1f, 0.2f, 7),
        new Momentum(0.1f, 0.9f),
        new Adam(0.1f, 0.9f, 0.99f, 0.01f, 0.2f));
  }

  @Test
  void aLineOfStateNamesItsConstant() {
    assertThat(rows(MODEL, D).lines())
        .contains(
            "train.first-order-optimizer.accumulator-cap=Infinity",
            "free train.embedding-optimizer.initial-accumulator=0.1",
            "train.embedding-optimizer.kind=adagrad");
  }

  @Test
  void anOptimizerThatIsUnknownCannotBeConverted() {
    StoredSettings stored = StoredSettings.parse(List.of("train.dense.optimizer.kind=lion"));

    assertThatThrownBy(() -> stored.optimizer(StateCompatibility.DENSE))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("train.dense.optimizer")
        .hasMessageContaining("no optimizer is named lion");
  }

  @Test
  void aTaskThatFollowsOnAnotherIsNoLongerTheSame() {
    StoredSettings written = written(dense("click", ""));

    assertThat(dense("click", "").check(written, false)).isFalse();
    assertThat(dense("return", "").check(written, false)).as("another task").isFalse();
    assertThatThrownBy(() -> dense("click", "view").check(written, true))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining(
            "model.tasks: after of click is view, in the restored state it is nothing")
        .hasMessageContaining("a task that means something else needs another name");
  }

  private static StateCompatibility dense(String name, String after) {
    Task first = new Task("view", "", "seen", LabelSettings.DEFAULT);
    Task second = new Task(name, after, "done", LabelSettings.DEFAULT);
    ModelSettings model =
        ModelSettings.deepFm(4, List.of(8), 0, 42).withTasks(new Tasks(List.of(first, second)));
    return StateCompatibility.ofDense(model, TrainSettings.DEFAULT);
  }

  @Test
  void featuresMayComeGoAndChangeTheirOrder() {
    List<Field> fields = SCHEMA.fields();
    Field hour = new CategoricalField("hour", 4);
    FeatureSchema changed = new FeatureSchema(List.of(hour, fields.get(1), fields.get(0)), "user");

    assertThat(features(changed).check(written(features(SCHEMA)), false)).isFalse();
  }

  @Test
  void theNumberOfARemovedFeatureIsNeverAnothers() {
    List<Field> fields = SCHEMA.fields();
    FeatureSchema fewer = new FeatureSchema(fields.subList(0, 2), "user");
    Field hour = new CategoricalField("hour", 3);
    FeatureSchema reused = new FeatureSchema(List.of(fields.get(0), hour), "user");
    StateCompatibility removed = features(fewer);
    removed.check(written(features(SCHEMA)), false);
    StoredSettings without = written(removed);

    assertThatThrownBy(() -> features(reused).check(without, false))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining(
            "feature number 3 is hour, categorical, in the restored state it is tags, multi")
        .hasMessageContaining("another field needs another number");
    assertThat(features(SCHEMA).check(without, false)).isFalse();
  }

  @Test
  void aNumberThatNamesAnotherFeatureIsRefused() {
    List<Field> fields = SCHEMA.fields();
    Field price = new NumericField("price", 2, new NumericField.Transform.Log());
    FeatureSchema swapped = new FeatureSchema(List.of(fields.get(0), price, fields.get(2)), "user");

    assertThatThrownBy(() -> features(swapped).check(written(features(SCHEMA)), false))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining(
            "feature number 2 is price, numeric, transform log, in the restored state it is item,"
                + " categorical");
  }

  private static AbstractThrowableAssert<?, ? extends Throwable> refused(
      StateCompatibility now, boolean migrates) {
    return assertThatThrownBy(() -> now.check(written(rows(MODEL, D)), migrates))
        .isInstanceOf(RefusedException.class);
  }

  private static StateCompatibility rows(ModelSettings model, LearningSettings learning) {
    return StateCompatibility.ofRows(SCHEMA, model, learning);
  }

  private static StateCompatibility features(FeatureSchema schema) {
    return StateCompatibility.ofFeatures(schema);
  }

  private static StoredSettings written(StateCompatibility settings) {
    return StoredSettings.parse(settings.lines());
  }

  private static LearningSettings learning(
      OptimizerSettings firstOrder, OptimizerSettings embedding) {
    return D.withOptimizers(firstOrder, embedding, D.dense());
  }
}
