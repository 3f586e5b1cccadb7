package io.freshet.model.dense;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.freshet.feature.CategoricalField;
import io.freshet.feature.FeatureSchema;
import io.freshet.feature.Fids;
import io.freshet.feature.Field;
import io.freshet.feature.SequenceField;
import io.freshet.feature.SequenceField.Attention;
import io.freshet.feature.SequenceField.Pooling;
import io.freshet.feature.example.Example;
import io.freshet.feature.example.LabeledExample;
import io.freshet.model.LearningSettings;
import io.freshet.model.ModelKind;
import io.freshet.model.ModelSettings;
import io.freshet.model.SampleKinds;
import io.freshet.model.Tasks;
import io.freshet.model.batch.Examples;
import io.freshet.model.batch.MiniBatch;
import io.freshet.model.batch.SharedRows;
import io.freshet.model.gauge.PublishedGauge;
import io.freshet.model.kind.Predictor;
import io.freshet.model.label.LabelCorrection;
import io.freshet.model.learn.PlainLearner;
import io.freshet.model.optimizer.Adagrad;
import io.freshet.model.optimizer.Ftrl;
import io.freshet.model.optimizer.OptimizerSettings;
import io.freshet.model.row.RowLayout;
import io.freshet.model.row.RowWeights;
import io.freshet.model.row.UnknownRows;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Parameters carried over to another shape: what the model predicts with them. */
final class DenseReshapeTest {
  private static final Field USER = new CategoricalField("user", 1);
  private static final Field ITEM = new CategoricalField("item", 2);
  private static final Field HOUR = new CategoricalField("hour", 3);
  private static final FeatureSchema TWO = new FeatureSchema(List.of(USER, ITEM), "user");
  private static final FeatureSchema THREE = new FeatureSchema(List.of(USER, ITEM, HOUR), "user");
  private static final FeatureSchema MIXED = new FeatureSchema(List.of(HOUR, ITEM, USER), "user");
  private static final OptimizerSettings ADAGRAD = new Adagrad(0.1f, 0.5f);
  private static final int K = 4;

  @ParameterizedTest
  @EnumSource(
      value = ModelKind.class,
      names = {"DEEPFM", "WIDE_DEEP", "DCN"})
  void aFieldThatComesLastChangesNoPredictionByABit(ModelKind kind) {
    ModelSettings model = model(kind, List.of(8, 5), 2);
    DenseParameters old = learned(TWO, model);

    DenseParameters now = reshape(TWO, model, old, THREE, model);

    for (int i = 0; i < 50; i++) {
      assertThat(predict(THREE, model, now, example(i, true)))
          .isEqualTo(predict(TWO, model, old, example(i, false)));
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = ModelKind.class,
      names = {"WIDE_DEEP", "DCN"})
  void aFieldThatComesWithTheRowsOfAnotherAddsNothingToTheDeepPart(ModelKind kind) {
    Field last = new CategoricalField("last", 3, "item");
    FeatureSchema sharing = new FeatureSchema(List.of(USER, ITEM, last), "user");
    ModelSettings model = model(kind, List.of(8, 5), 2);
    DenseParameters old = learned(TWO, model);

    DenseParameters now = reshape(TWO, model, old, sharing, model);

    assertSamePredictions(sharing, model, now, model, old);
  }

  @ParameterizedTest
  @EnumSource(
      value = ModelKind.class,
      names = {"DEEPFM", "WIDE_DEEP", "DCN"})
  void fieldsInAnotherOrderPredictTheSame(ModelKind kind) {
    ModelSettings model = model(kind, List.of(8, 5), 2);
    DenseParameters old = learned(TWO, model);

    DenseParameters now = reshape(TWO, model, old, MIXED, model);

    assertSamePredictions(MIXED, model, now, model, old);
  }

  static List<ModelSettings> forms() {
    return SampleKinds.all(42).stream().filter(model -> model.kind().deep()).toList();
  }

  @ParameterizedTest
  @MethodSource("forms")
  void fieldsThatComeAndMoveAreCarriedOverByEveryForm(ModelSettings model) {
    DenseParameters old = learned(TWO, model);

    assertSamePredictions(THREE, model, reshape(TWO, model, old, THREE, model), model, old);
    assertSamePredictions(MIXED, model, reshape(TWO, model, old, MIXED, model), model, old);
    assertThat(reshape(TWO, model, old, TWO, model).readAll()).containsExactly(old.readAll());
  }

  static List<ModelSettings> ownForms() {
    return forms().stream()
        .filter(model -> !model.network().form().isEmpty() || !model.sizes().isEmpty())
        .toList();
  }

  static List<ModelSettings> ofTasks() {
    return SampleKinds.ofTasks(42);
  }

  @ParameterizedTest
  @MethodSource("ofTasks")
  void fieldsThatComeAndMoveAreCarriedOverForEveryTask(ModelSettings model) {
    DenseParameters old = learned(TWO, model);

    for (FeatureSchema schema : List.of(THREE, MIXED)) {
      DenseParameters now = reshape(TWO, model, old, schema, model);
      for (int i = 0; i < 50; i++) {
        assertThat(predictTasks(schema, model, now, example(i, true)))
            .containsExactly(predictTasks(TWO, model, old, example(i, false)), within(1e-6f));
      }
    }
    assertThat(reshape(TWO, model, old, TWO, model).readAll()).containsExactly(old.readAll());
  }

  static List<ModelSettings> mixing() {
    return ofTasks().stream().filter(model -> model.sizes().of("task-experts") > 0).toList();
  }

  @ParameterizedTest
  @MethodSource("mixing")
  void otherExpertsOrTowersStartWithoutAWordOfTheDensePart(ModelSettings model) {
    for (ModelSettings other :
        List.of(
            SampleKinds.mixingExperts(model, 2, List.of(5, 3)),
            SampleKinds.mixingExperts(model, 3, List.of(5)),
            SampleKinds.mixingExperts(model, 0, List.of()))) {
      DenseParameters come = reshape(TWO, other, learned(TWO, other), TWO, model);
      DenseParameters gone = reshape(TWO, model, learned(TWO, model), TWO, other);
      for (int i = 0; i < 20; i++) {
        float[] without = predictTasks(TWO, model, zeros(model), example(i, false));
        assertThat(predictTasks(TWO, model, come, example(i, false))).containsExactly(without);
        assertThat(predictTasks(TWO, other, gone, example(i, false))).containsExactly(without);
      }
    }
  }

  private static DenseParameters zeros(ModelSettings model) {
    DenseParameters dense = DenseParameters.start(TWO, model, ADAGRAD);
    dense.startFrom(new float[dense.size()]);
    return dense;
  }

  @ParameterizedTest
  @MethodSource("ownForms")
  void anotherFormStartsWithoutAWordOfTheDensePart(ModelSettings model) {
    ModelSettings before = new ModelSettings(ModelKind.WIDE_DEEP, 3, List.of(8, 5), 0, 0, 42);
    ModelSettings bare = new ModelSettings(ModelKind.WIDE_DEEP, 3, List.of(), 0, 0, 42);

    DenseParameters now = reshape(TWO, before, learned(TWO, before), TWO, model);

    DenseParameters none = DenseParameters.start(2, bare, ADAGRAD);
    for (int i = 0; i < 20; i++) {
      assertThat(predict(TWO, model, now, example(i, false)))
          .isEqualTo(predict(TWO, bare, none, example(i, false)));
    }
  }

  @ParameterizedTest
  @MethodSource("mixing")
  void aTaskThatComesLeavesExpertsAndOtherTasksAsTheyAre(ModelSettings model) {
    Tasks two = new Tasks(SampleKinds.TASKS.all().subList(0, 2));
    ModelSettings before = model.withTasks(two);
    DenseParameters old = learned(TWO, before);

    DenseParameters now = reshape(TWO, before, old, MIXED, model);

    for (int i = 0; i < 50; i++) {
      float[] were = predictTasks(TWO, before, old, example(i, false));
      float[] are = predictTasks(MIXED, model, now, example(i, true));
      assertThat(Arrays.copyOf(are, 2)).containsExactly(were, within(1e-6f));
      assertThat(are[2]).as("like begins without a word").isEqualTo(0.5f);
    }
  }

  @Test
  void layersThatGrowAndCrossLayersThatComeChangeNoPrediction() {
    ModelSettings small = model(ModelKind.DCN, List.of(8, 5), 1);
    ModelSettings large = model(ModelKind.DCN, List.of(11, 9), 3);
    DenseParameters old = learned(TWO, small);

    DenseParameters now = reshape(TWO, small, old, TWO, large);

    assertSamePredictions(TWO, large, now, small, old);
  }

  @Test
  void anotherNumberOfHiddenLayersStartsWithoutAWordOfTheDeepPart() {
    ModelSettings deep = model(ModelKind.DEEPFM, List.of(8, 5), 0);
    ModelSettings deeper = model(ModelKind.DEEPFM, List.of(8, 5, 3), 0);
    ModelSettings flat = model(ModelKind.DEEPFM, List.of(), 0);
    DenseParameters old = learned(TWO, deep);

    DenseParameters now = reshape(TWO, deep, old, TWO, deeper);

    DenseParameters none = DenseParameters.start(2, flat, ADAGRAD);
    for (int i = 0; i < 50; i++) {
      assertThat(predict(TWO, deeper, now, example(i, false)))
          .isEqualTo(predict(TWO, flat, none, example(i, false)));
    }
    float[] first = new float[2 * K * 8];
    float[] before = new float[first.length];
    now.read(0, 0, first.length, first, 0);
    old.read(0, 0, before.length, before, 0);
    assertThat(first).containsExactly(before);
  }

  @ParameterizedTest
  @EnumSource(
      value = ModelKind.class,
      names = {"WIDE_DEEP", "DCN"})
  void dimensionsThatComeChangeNothingOfTheDeepPart(ModelKind kind) {
    ModelSettings small = model(kind, List.of(8, 5), 2);
    ModelSettings large =
        new ModelSettings(kind, K + 3, List.of(8, 5), kind.crosses() ? 2 : 0, 0, 42);
    DenseParameters old = learned(TWO, small);

    DenseParameters now = reshape(TWO, small, old, TWO, large);

    assertSamePredictions(TWO, large, now, small, old);
    assertThat(reshape(TWO, large, now, TWO, small).readAll()).containsExactly(old.readAll());
  }

  @ParameterizedTest
  @MethodSource("forms")
  void attentionIsCarriedOverByEveryFormWhenFieldsComeAndMove(ModelSettings model) {
    FeatureSchema moved = new FeatureSchema(List.of(HOUR, attending(5), ITEM, USER), "user");
    DenseParameters old = learned(attentive(5), model);

    DenseParameters now = reshape(attentive(5), model, old, moved, model);

    for (int i = 0; i < 50; i++) {
      assertThat(predict(moved, model, now, seeing(i)))
          .isCloseTo(predict(attentive(5), model, old, seeing(i)), within(1e-6f));
    }
    assertThat(reshape(attentive(5), model, old, attentive(5), model).readAll())
        .containsExactly(old.readAll());
  }

  @ParameterizedTest
  @EnumSource(
      value = ModelKind.class,
      names = {"WIDE_DEEP", "DCN"})
  void attentionThatComesToAModelAddsNothingToTheDeepPart(ModelKind kind) {
    ModelSettings model = model(kind, List.of(8, 5), 2);
    DenseParameters old = learned(TWO, model);

    DenseParameters now = reshape(TWO, model, old, attentive(5), model);

    for (int i = 0; i < 50; i++) {
      assertThat(predict(attentive(5), model, now, seeing(i)))
          .isCloseTo(predict(TWO, model, old, example(i, false)), within(1e-6f));
    }
  }

  @ParameterizedTest
  @MethodSource("forms")
  void aSequenceThatComesToAttendBeginsAsItsMean(ModelSettings model) {
    Field seen = new SequenceField("seen", 4, "item", 9, Pooling.MEAN);
    FeatureSchema mean = new FeatureSchema(List.of(USER, ITEM, seen), "user");
    DenseParameters old = learned(mean, model);

    DenseParameters now = reshape(mean, model, old, attentive(5), model);

    for (int i = 0; i < 50; i++) {
      assertThat(predict(attentive(5), model, now, seeing(i)))
          .isCloseTo(predict(mean, model, old, seeing(i)), within(1e-6f));
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = ModelKind.class,
      names = {"WIDE_DEEP", "DCN"})
  void unitsAndDimensionsThatComeToAttentionChangeNoPrediction(ModelKind kind) {
    ModelSettings small = model(kind, List.of(8, 5), 2);
    ModelSettings large =
        new ModelSettings(kind, K + 3, List.of(8, 5), kind.crosses() ? 2 : 0, 0, 42);
    DenseParameters old = learned(attentive(5), small);

    DenseParameters now = reshape(attentive(5), small, old, attentive(7), large);

    for (int i = 0; i < 50; i++) {
      assertThat(predict(attentive(7), large, now, seeing(i)))
          .isCloseTo(predict(attentive(5), small, old, seeing(i)), within(1e-6f));
    }
    assertThat(reshape(attentive(7), large, now, attentive(5), small).readAll())
        .containsExactly(old.readAll());
  }

  @ParameterizedTest
  @MethodSource("forms")
  void whatComesToTheRowsOfAFieldIsProjectedToNothing(ModelSettings any) {
    ModelSettings model = any.withEmbeddingSizes(Map.of(2, 1));
    ModelSettings longer = any.withEmbeddingSizes(Map.of(2, 2));
    DenseParameters old = learned(TWO, model);

    DenseParameters now = reshape(TWO, model, old, MIXED, longer);

    assertSamePredictions(MIXED, longer, now, model, old);
    assertThat(reshape(MIXED, longer, now, TWO, model).readAll()).containsExactly(old.readAll());
  }

  @ParameterizedTest
  @MethodSource("forms")
  void aProjectionThatComesPassesOnWhatIsKept(ModelSettings any) {
    ModelSettings whole = any.withEmbeddingSizes(Map.of());
    ModelSettings shorter = any.withEmbeddingSizes(Map.of(2, 2));
    DenseParameters old = learned(TWO, whole);

    DenseParameters now = reshape(TWO, whole, old, TWO, shorter);

    assertThat(Arrays.copyOf(now.finished(), old.size())).containsExactly(old.finished());
    assertThat(Arrays.copyOfRange(now.finished(), old.size(), now.size()))
        .containsExactly(1, 0, 0, 0, 1, 0);
  }

  @Test
  void anotherOptimizerStartsFromTheFinishedValues() {
    DenseParameters old = learned(TWO, model(ModelKind.DEEPFM, List.of(8), 0));
    OptimizerSettings ftrl = new Ftrl(0.1f, 1, 0, 0);

    DenseParameters now = old.under(ADAGRAD, ftrl);

    assertThat(now.finished()).containsExactly(old.finished(), within(1e-6f));
    assertThat(old.under(ADAGRAD, new Adagrad(0.3f, 0.5f))).isSameAs(old);
  }

  @Test
  void slotsTravelWithTheirParameters() {
    ModelSettings model = model(ModelKind.DEEPFM, List.of(8), 0);
    DenseParameters old = learned(TWO, model);

    DenseParameters now = reshape(TWO, model, old, THREE, model);

    float[] before = new float[2 * K * 8];
    float[] after = new float[3 * K * 8];
    old.read(1, 0, before.length, before, 0);
    now.read(1, 0, after.length, after, 0);
    assertThat(Arrays.copyOf(after, before.length)).containsExactly(before);
    assertThat(Arrays.copyOfRange(after, before.length, after.length)).containsOnly(0.5f);
  }

  @Test
  void theSameShapeIsTheSameParameters() {
    ModelSettings model = model(ModelKind.DCN, List.of(8, 5), 2);
    DenseParameters old = learned(TWO, model);

    DenseParameters now = reshape(TWO, model, old, TWO, model);

    assertThat(now.readAll()).containsExactly(old.readAll());
  }

  @Test
  void gradientsReachTheRowsOfAFieldThatCame() {
    ModelSettings model = model(ModelKind.WIDE_DEEP, List.of(8, 5), 0);
    DenseParameters now = reshape(TWO, model, learned(TWO, model), THREE, model);
    LearningSettings learning = LearningSettings.DEFAULT;
    RowLayout layout = new RowLayout(model, learning, UnknownRows.zeroIn(List.of(3)));
    MiniBatch batch = Examples.batch(List.of(new LabeledExample("i", 0, 1, 1, example(3, true))));
    float[] rows = Examples.startRows(layout, batch);
    int at = batch.rowOf(example(3, true).fids()[3]) * layout.width();
    assertThat(Arrays.copyOfRange(rows, at, at + 1 + K)).containsOnly(0);

    PlainLearner.of(THREE, model, learning, layout, now).learn(batch, rows);

    float[] row = new float[1 + K];
    layout.finish(batch.fid(at / layout.width()), rows, at, row, 0);
    assertThat(row).doesNotContain(0f);
  }

  private static DenseParameters reshape(
      FeatureSchema before,
      ModelSettings old,
      DenseParameters from,
      FeatureSchema after,
      ModelSettings model) {
    ModelShape shape = ModelShape.of(before, old);
    ModelShape now = ModelShape.of(after, model).after(shape);
    return DenseReshape.of(shape, from, now, model.seed(), ADAGRAD);
  }

  /** A sequence of items that attend to the one at hand. */
  private static Field attending(int units) {
    return new SequenceField(
        "seen", 4, "item", 9, Pooling.ATTENTION, new Attention("item", units, false));
  }

  private static FeatureSchema attentive(int units) {
    return new FeatureSchema(List.of(USER, ITEM, attending(units)), "user");
  }

  /** The example with three items seen before. */
  private static Example seeing(int i) {
    Example plain = example(i, false);
    int n = plain.occurrences();
    long[] fids = Arrays.copyOf(plain.fids(), n + 3);
    float[] values = Arrays.copyOf(plain.values(), n + 3);
    for (int j = 0; j < 3; j++) {
      fids[n + j] = Fids.of(4, 31 * i + 7 * j + 1);
      values[n + j] = 1f / 3;
    }
    return new Example(i, fids, values);
  }

  /** But for rounding, whatever the hour. */
  private static void assertSamePredictions(
      FeatureSchema schema,
      ModelSettings model,
      DenseParameters now,
      ModelSettings before,
      DenseParameters old) {
    for (int i = 0; i < 50; i++) {
      assertThat(predict(schema, model, now, example(i, schema.size() > 2)))
          .isCloseTo(predict(TWO, before, old, example(i, false)), within(1e-6f));
    }
  }

  private static ModelSettings model(ModelKind kind, List<Integer> hidden, int cross) {
    return new ModelSettings(kind, K, hidden, kind.crosses() ? cross : 0, 0, 42);
  }

  /** Parameters that are no longer where they started. */
  private static DenseParameters learned(FeatureSchema schema, ModelSettings model) {
    DenseParameters dense = DenseParameters.start(schema, model, ADAGRAD);
    float[] gradient = new float[dense.size()];
    for (int i = 0; i < gradient.length; i++) {
      gradient[i] = (float) Math.sin(i);
    }
    dense.update(gradient);
    return dense;
  }

  private static float predict(
      FeatureSchema schema, ModelSettings model, DenseParameters dense, Example example) {
    return predictTasks(schema, model, dense, example)[0];
  }

  /** The probability of each task. */
  private static float[] predictTasks(
      FeatureSchema schema, ModelSettings model, DenseParameters dense, Example example) {
    Map<Long, float[]> rows = new HashMap<>();
    for (long fid : Arrays.stream(example.fids()).map(SharedRows.of(schema)::row).toArray()) {
      float[] row = new float[1 + model.embeddingSize()];
      for (int d = 0; d < row.length && Fids.field(fid) != 3; d++) {
        row[d] = (float) Math.cos(fid % 97 + d);
      }
      rows.put(fid, row);
    }
    RowWeights finished =
        (fid, target, at) -> {
          System.arraycopy(rows.get(fid), 0, target, at, 1 + model.embeddingSize());
          return true;
        };
    float[][] tasks =
        new Predictor(
                schema,
                model,
                finished,
                UnknownRows.START,
                dense.finished(),
                PublishedGauge.NONE,
                LabelCorrection.none())
            .predictTasks(List.of(example));
    float[] probabilities = new float[tasks.length];
    for (int task = 0; task < tasks.length; task++) {
      probabilities[task] = tasks[task][0];
    }
    return probabilities;
  }

  private static Example example(int i, boolean withHour) {
    List<Long> fids =
        new ArrayList<>(List.of(Fids.BIAS, Fids.of(1, 7 + i), Fids.of(2, 13 * i + 5)));
    if (withHour) {
      fids.add(Fids.of(3, 2 + i % 24));
    }
    float[] values = new float[fids.size()];
    Arrays.fill(values, 1);
    return new Example(i, fids.stream().mapToLong(Long::longValue).toArray(), values);
  }
}
