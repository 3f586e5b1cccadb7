package io.freshet.model.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.freshet.feature.FeatureSchema;
import io.freshet.feature.Fids;
import io.freshet.feature.ImpressionHash;
import io.freshet.feature.example.Example;
import io.freshet.feature.example.LabeledExample;
import io.freshet.model.LearningSettings;
import io.freshet.model.ModelKind;
import io.freshet.model.ModelSettings;
import io.freshet.model.SampleKinds;
import io.freshet.model.Sizes;
import io.freshet.model.batch.Examples;
import io.freshet.model.batch.MiniBatch;
import io.freshet.model.dense.DenseParameters;
import io.freshet.model.dense.DenseTensor;
import io.freshet.model.layer.CounterRng;
import io.freshet.model.layer.Dropout;
import io.freshet.model.optimizer.FieldLearning;
import io.freshet.model.optimizer.OptimizerSettings;
import io.freshet.model.optimizer.Regularization;
import io.freshet.model.optimizer.Sgd;
import io.freshet.model.row.RowLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import java.util.stream.Stream;
import org.ejml.data.FMatrixRMaj;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Holds every gradient against central differences of a loss written out in double precision.
 *
 * <p>With SGD at rate 1, one step moves each parameter by just its gradient, so the whole path is
 * checked: forward, backward, duplicates, weights, penalty, update.
 */
class GradientTest {
  private static final double H = 1e-7; // so small that hardly a ReLU bends within it
  private static final double TOLERANCE = 2e-5;
  private static final float NONE = Regularization.NONE;
  private static final OptimizerSettings SGD = new Sgd(1);
  private static final LearningSettings LEARNING =
      LearningSettings.DEFAULT.withOptimizers(SGD, SGD, SGD).withDenseStepSize(1000);

  /** Of the item and what shares its rows, of the tags, and of lists along a sequence. */
  private static final Map<Integer, Integer> SHORTER = Map.of(2, 2, 5, 2, 6, 2, 3, 1, 9, 1, 8, 2);

  static List<ModelSettings> shapes() {
    return List.of(
        ModelSettings.deepFm(3, List.of(), 0, 1),
        ModelSettings.deepFm(1, List.of(4), 0, 2),
        ModelSettings.deepFm(4, List.of(), 0.3f, 3),
        ModelSettings.deepFm(5, List.of(7), 0.1f, 4),
        ModelSettings.deepFm(3, List.of(8, 5, 6), 0, 5),
        ModelSettings.deepFm(10, List.of(9, 17, 3), 0.2f, 6),
        new ModelSettings(ModelKind.LR, 0, List.of(), 0, 0.1f, 7),
        new ModelSettings(ModelKind.FM, 3, List.of(), 0, 0, 8),
        new ModelSettings(ModelKind.WIDE_DEEP, 4, List.of(6, 5), 0, 0, 9),
        new ModelSettings(ModelKind.DCN, 2, List.of(), 1, 0.1f, 10),
        new ModelSettings(ModelKind.DCN, 3, List.of(7, 4), 3, 0, 11),
        dcn(2, List.of(), 1, Map.of("stacked", List.of(1))),
        dcn(3, List.of(7, 4), 2, Map.of("stacked", List.of(1))),
        dcn(2, List.of(5), 2, Map.of("low-rank", List.of(3), "experts", List.of(1))),
        dcn(3, List.of(6), 2, Map.of("low-rank", List.of(2), "experts", List.of(3))),
        dcn(
            2,
            List.of(7, 4),
            2,
            Map.of("low-rank", List.of(4), "experts", List.of(2), "stacked", List.of(1))),
        own(ModelKind.FINALMLP, 2, Map.of("second-layers", List.of(4), "heads", List.of(1))),
        own(
            ModelKind.FINALMLP,
            3,
            Map.of(
                "second-layers",
                List.of(5, 2),
                "heads",
                List.of(2),
                "first-gate",
                List.of(3),
                "second-gate",
                List.of(7, 4),
                "gate-layers",
                List.of(3))),
        own(ModelKind.FINALNET, 2, Map.of()),
        own(ModelKind.FINALNET, 3, Map.of("second-layers", List.of(4))),
        own(ModelKind.FINALNET, 2, Map.of("second-layers", List.of(6, 2), "gated", List.of(1))),
        ModelSettings.deepFm(3, List.of(), 0, 13).withEmbeddingSizes(SHORTER),
        ModelSettings.deepFm(4, List.of(7, 5), 0.1f, 14).withEmbeddingSizes(SHORTER),
        new ModelSettings(ModelKind.FM, 5, List.of(), 0, 0.1f, 15).withEmbeddingSizes(SHORTER),
        dcn(3, List.of(6), 2, Map.of()).withEmbeddingSizes(SHORTER),
        own(ModelKind.DEEPFM, 3, Map.of("task-experts", List.of(2))).withEmbeddingSizes(SHORTER),
        own(ModelKind.FINALNET, 3, Map.of("second-layers", List.of(4)))
            .withEmbeddingSizes(SHORTER));
  }

  private static ModelSettings own(
      ModelKind kind, int embeddingSize, Map<String, List<Integer>> sizes) {
    return new ModelSettings(kind, embeddingSize, List.of(8, 4), 0, new Sizes(sizes), 0, 12);
  }

  private static ModelSettings dcn(
      int embeddingSize, List<Integer> hidden, int cross, Map<String, List<Integer>> sizes) {
    return new ModelSettings(
        ModelKind.DCN, embeddingSize, hidden, cross, new Sizes(sizes), 0.1f, sizes.size());
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void everyGradientEqualsTheNumericGradient(ModelSettings model) {
    check(model, LEARNING, reference -> {});
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void everyGradientEqualsTheNumericGradientWhereFieldsShareRows(ModelSettings model) {
    Examples random = new Examples(model.seed());

    check(Examples.SHARING, random.sharing(random.ofDistinctUsers(7)), model, LEARNING, r -> {});
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void everyGradientEqualsTheNumericGradientWhereSequencesAttend(ModelSettings model) {
    Examples random = new Examples(model.seed());
    List<LabeledExample> examples = random.sharing(random.ofDistinctUsers(4));
    if (model.kind().embeds()) {
      int way = shapes().indexOf(model); // each way with some shapes of most kinds
      FeatureSchema schema = Examples.attending(way % 2 == 0 ? 0 : 5, way % 4 < 2);
      check(schema, examples, model, LEARNING, reference -> {});
    }
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void everyGradientEqualsTheNumericGradientWhereListsRunAlong(ModelSettings model) {
    Examples random = new Examples(model.seed());
    List<LabeledExample> examples = random.parallel(random.sharing(random.ofDistinctUsers(4)));
    if (model.kind().embeds()) {
      int way = shapes().indexOf(model);
      FeatureSchema schema = Examples.parallel(way % 2 == 0 ? 0 : 5, way % 4 < 2);
      check(schema, examples, model, LEARNING, reference -> {});
    }
  }

  static List<ModelSettings> severalTasks() {
    return Stream.concat(shapes().stream().filter(GradientTest::hasLayers), mixing())
        .map(model -> model.withTasks(SampleKinds.TASKS))
        .toList();
  }

  /** Those of every form whose tasks share experts. */
  private static Stream<ModelSettings> mixing() {
    List<ModelSettings> forms = new ArrayList<>(SampleKinds.all(13));
    forms.add(dcn(2, List.of(), 1, Map.of()));
    forms.removeIf(form -> !hasLayers(form));
    return forms.stream()
        .flatMap(
            form ->
                Stream.of(
                    SampleKinds.mixingExperts(form, 1, List.of()),
                    SampleKinds.mixingExperts(form, 2, List.of(5, 3))));
  }

  @ParameterizedTest
  @MethodSource("severalTasks")
  void everyGradientEqualsTheNumericGradientOfSeveralTasks(ModelSettings several) {
    check(several, LEARNING, reference -> {});
  }

  @ParameterizedTest
  @MethodSource("severalTasks")
  void probabilitiesOfSeveralTasksAreThoseOfTheFormula(ModelSettings several) {
    MiniBatch batch = Examples.batch(ofTasks(several, new Examples(7).ofDistinctUsers(9)));
    RowLayout layout = new RowLayout(several, LEARNING);
    DenseParameters dense = DenseParameters.start(Examples.SCHEMA, several, SGD);
    float[] rows = randomRows(batch.rows() * layout.width(), new Random(several.seed()));
    ReferenceDeepFm reference = reference(Examples.SCHEMA, several, batch, rows, dense);

    float[] probabilities =
        PlainLearner.of(Examples.SCHEMA, several, LEARNING, layout, dense)
            .learn(batch, rows)
            .probabilities();

    for (int i = 0; i < batch.size(); i++) {
      LabeledExample example = batch.example(i);
      assertThat((double) probabilities[i])
          .isCloseTo(reference.probability(example, example.task()), within(2e-6));
    }
  }

  /** Each task has layers of its own. */
  private static boolean hasLayers(ModelSettings model) {
    return !model.hiddenLayers().isEmpty() || model.crossLayers() > 0;
  }

  /** Examples of each task in turn. */
  private static List<LabeledExample> ofTasks(ModelSettings model, List<LabeledExample> examples) {
    List<LabeledExample> all = new ArrayList<>();
    for (LabeledExample example : examples) {
      all.add(example.of(all.size() % model.tasks().size()));
    }
    return all;
  }

  static List<ModelSettings> shapesAndTasks() {
    return Stream.of(shapes(), severalTasks()).flatMap(List::stream).toList();
  }

  @ParameterizedTest
  @MethodSource("shapesAndTasks")
  void everyGradientEqualsTheNumericGradientWhereUnitsDropOut(ModelSettings model) {
    Regularization bounds = new Regularization(0.4f, NONE, NONE, List.of());
    Dropout dropout = new Dropout(0.4f, model.seed());
    check(
        model,
        LEARNING.withRegularization(bounds),
        reference ->
            reference.mask =
                (example, layer, unit) -> {
                  FMatrixRMaj units = new FMatrixRMaj(1, unit + 1);
                  units.fill(1);
                  dropout.examples(new long[] {ImpressionHash.key(example.impressionId())});
                  dropout.forward(units, layer);
                  return units.get(unit);
                });
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void everyGradientEqualsTheNumericGradientWhereFieldsHavePenaltiesOfTheirOwn(
      ModelSettings model) {
    List<FieldLearning> fields = List.of(new FieldLearning(2, 1, 0.5f), new FieldLearning(3, 1, 0));
    check(
        model,
        LEARNING.withRegularization(Regularization.OFF.with(fields)),
        reference ->
            reference.l2 = field -> field == 2 ? 0.5 : field == 3 ? 0 : (double) model.l2());
  }

  private static void check(
      ModelSettings model, LearningSettings learning, Consumer<ReferenceDeepFm> change) {
    List<LabeledExample> examples = new Examples(model.seed()).ofDistinctUsers(7);
    check(Examples.SCHEMA, examples, model, learning, change);
  }

  private static void check(
      FeatureSchema schema,
      List<LabeledExample> unnamed,
      ModelSettings model,
      LearningSettings learning,
      Consumer<ReferenceDeepFm> change) {
    List<LabeledExample> examples = ofTasks(model, named(unnamed));
    MiniBatch batch = Examples.batch(schema, examples);
    RowLayout layout = new RowLayout(model, learning);
    DenseParameters dense = DenseParameters.start(schema, model, SGD);
    Random random = new Random(model.seed());
    float[] rows = randomRows(batch.rows() * layout.width(), random);
    clearBeyondSizes(rows, batch, model);
    randomBiases(dense, random);
    ReferenceDeepFm reference = reference(schema, model, batch, rows, dense);
    change.accept(reference);
    reference.teach(examples);
    float[] before = rows.clone();
    float[] denseBefore = plane(dense);

    BatchLearner learner = PlainLearner.of(schema, model, learning, layout, dense);
    learner.learn(batch, rows);
    learner.flushDense();

    DoubleSupplier loss = () -> reference.loss(examples);
    List<String> wrong = new ArrayList<>();
    for (int row = 0; row < batch.rows(); row++) {
      double[] values = reference.rows.get(batch.fid(row));
      for (int j = 0; j < values.length; j++) {
        int at = row * layout.width() + j;
        String name = "row " + row + "[" + j + "]";
        compare(name, before[at] - rows[at], values, j, loss, wrong);
      }
    }
    float[] denseAfter = plane(dense);
    for (int j = 0; j < dense.size(); j++) {
      compare("dense " + j, denseBefore[j] - denseAfter[j], reference.dense, j, loss, wrong);
    }
    assertThat(wrong).isEmpty();
    assertThat(learner.skipped()).isZero();
  }

  @ParameterizedTest
  @MethodSource("shapesAndTasks")
  void anExampleThatCannotBeLearnedMovesNoDenseParameter(ModelSettings model) {
    List<LabeledExample> sound =
        ofTasks(model, named(new Examples(model.seed()).ofDistinctUsers(6)));
    List<LabeledExample> poisoned = new ArrayList<>(sound);
    Example example = sound.get(2).example();
    float[] values = example.values().clone();
    Arrays.fill(values, Float.MAX_VALUE);
    poisoned.add(
        1,
        new LabeledExample("p", 0, 1, 1, new Example(99, example.fids(), values))
            .of(model.tasks().size() - 1));

    float[] with = denseAfter(model, poisoned);

    assertThat(with).containsExactly(denseAfter(model, sound), within(1e-5f));
  }

  private static float[] denseAfter(ModelSettings model, List<LabeledExample> examples) {
    MiniBatch batch = Examples.batch(examples);
    RowLayout layout = new RowLayout(model, LEARNING);
    DenseParameters dense = DenseParameters.start(Examples.SCHEMA, model, SGD);
    float[] rows = new float[batch.rows() * layout.width()];
    for (int row = 0; row < batch.rows(); row++) {
      CounterRng random = new CounterRng(4, batch.fid(row));
      for (int d = 0; d < layout.width(); d++) {
        rows[row * layout.width() + d] = random.normal(d) / 2;
      }
    }
    BatchLearner learner = PlainLearner.of(Examples.SCHEMA, model, LEARNING, layout, dense);
    learner.learn(batch, rows);
    learner.flushDense();
    return plane(dense);
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void probabilitiesAreThoseOfTheFormula(ModelSettings model) {
    List<LabeledExample> examples = new Examples(model.seed()).ofDistinctUsers(9);
    MiniBatch batch = Examples.batch(examples);
    RowLayout layout = new RowLayout(model, LEARNING);
    DenseParameters dense = DenseParameters.start(Examples.SCHEMA, model, SGD);
    float[] rows = randomRows(batch.rows() * layout.width(), new Random(model.seed()));
    ReferenceDeepFm reference = reference(Examples.SCHEMA, model, batch, rows, dense);

    float[] probabilities =
        PlainLearner.of(Examples.SCHEMA, model, LEARNING, layout, dense)
            .learn(batch, rows)
            .probabilities();

    for (int i = 0; i < batch.size(); i++) {
      double logit = reference.logit(batch.example(i).example());
      assertThat((double) probabilities[i]).isCloseTo(1 / (1 + Math.exp(-logit)), within(2e-6));
    }
  }

  private static void compare(
      String name,
      double gradient,
      double[] values,
      int j,
      DoubleSupplier loss,
      List<String> wrong) {
    double value = values[j];
    values[j] = value + H;
    double up = loss.getAsDouble();
    values[j] = value - H;
    double down = loss.getAsDouble();
    values[j] = value;
    double difference = (up - down) / (2 * H);
    if (!(Math.abs(gradient - difference) <= TOLERANCE * Math.max(1, Math.abs(difference)))) {
      wrong.add(name + ": gradient " + gradient + ", difference " + difference);
    }
  }

  /** With distinct ids. */
  private static List<LabeledExample> named(List<LabeledExample> examples) {
    List<LabeledExample> named = new ArrayList<>();
    for (LabeledExample e : examples) {
      String id = "i" + named.size();
      named.add(new LabeledExample(id, e.time(), e.label(), e.weight(), e.example()).of(e.task()));
    }
    return named;
  }

  private static float[] randomRows(int n, Random random) {
    float[] rows = new float[n];
    for (int i = 0; i < n; i++) {
      rows[i] = (float) random.nextGaussian() / 2;
    }
    return rows;
  }

  /** What rows do not hold is 0. */
  private static void clearBeyondSizes(float[] rows, MiniBatch batch, ModelSettings model) {
    int width = 1 + model.embeddingSize();
    for (int row = 0; row < batch.rows(); row++) {
      int size = model.embeddingSize(Fids.field(batch.fid(row)));
      Arrays.fill(rows, row * width + 1 + size, (row + 1) * width, 0);
    }
  }

  private static void randomBiases(DenseParameters dense, Random random) {
    for (DenseTensor tensor : dense.shape().tensors()) {
      if (tensor.name().endsWith("bias") || tensor.name().startsWith("projection")) {
        dense.write(0, tensor.from(), tensor.size(), randomRows(tensor.size(), random), 0);
      }
    }
  }

  private static ReferenceDeepFm reference(
      FeatureSchema schema,
      ModelSettings model,
      MiniBatch batch,
      float[] rows,
      DenseParameters dense) {
    int width = 1 + model.embeddingSize();
    Map<Long, double[]> doubles = new HashMap<>();
    for (int row = 0; row < batch.rows(); row++) {
      doubles.put(batch.fid(row), doubles(rows, row * width, width));
    }
    return new ReferenceDeepFm(schema, model, doubles, doubles(plane(dense), 0, dense.size()));
  }

  private static float[] plane(DenseParameters dense) {
    float[] values = new float[dense.size()];
    dense.read(0, 0, values.length, values, 0);
    return values;
  }

  private static double[] doubles(float[] floats, int from, int n) {
    double[] doubles = new double[n];
    for (int i = 0; i < n; i++) {
      doubles[i] = floats[from + i];
    }
    return doubles;
  }
}
