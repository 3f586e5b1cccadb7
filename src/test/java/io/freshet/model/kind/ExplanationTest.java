package io.freshet.model.kind;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.freshet.feature.FeatureSchema;
import io.freshet.feature.Fids;
import io.freshet.feature.example.Example;
import io.freshet.model.ModelKind;
import io.freshet.model.ModelSettings;
import io.freshet.model.SampleKinds;
import io.freshet.model.Sizes;
import io.freshet.model.Tasks;
import io.freshet.model.batch.Examples;
import io.freshet.model.dense.DenseShape;
import io.freshet.model.gauge.PublishedGauge;
import io.freshet.model.label.LabelCorrection;
import io.freshet.model.layer.CounterRng;
import io.freshet.model.row.RowWeights;
import io.freshet.model.row.UnknownRows;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ExplanationTest {
  private FeatureSchema schema;
  private Example example;
  private int task; // that is asked about

  @BeforeEach
  void anExample() {
    schema = Examples.SCHEMA;
    example = new Examples(7).next(3).example();
  }

  /** With items that attend to the one at hand, and perhaps lists along them. */
  private void attending(int units, boolean softmax, boolean lists) {
    schema = lists ? Examples.parallel(units, softmax) : Examples.attending(units, softmax);
    List<Long> fids = new ArrayList<>(Arrays.stream(example.fids()).boxed().toList());
    List<Float> values = new ArrayList<>();
    for (float value : example.values()) {
      values.add(value);
    }
    fids.addAll(List.of(Fids.missing(5), Fids.of(6, 1), Fids.of(6, 4), Fids.of(6, 3)));
    values.addAll(List.of(1f, 1 / 3f, 1 / 3f, 1 / 3f));
    if (lists) {
      fids.addAll(1, List.of(Fids.of(8, 2), Fids.of(8, 1), Fids.of(8, 2)));
      values.addAll(1, List.of(1 / 3f, 1 / 3f, 1 / 3f));
      fids.add(Fids.missing(9));
      values.add(1f);
    }
    example = Examples.example(3, fids, values);
  }

  /** Of the item and what shares its rows, of the price and of a list along a sequence. */
  private static final Map<Integer, Integer> SHORTER = Map.of(2, 2, 5, 2, 6, 2, 4, 1, 8, 1);

  static List<ModelSettings> kinds() {
    return List.of(
        new ModelSettings(ModelKind.LR, 0, List.of(), 0, 0, 3),
        new ModelSettings(ModelKind.FM, 4, List.of(), 0, 0, 3),
        ModelSettings.deepFm(4, List.of(8, 5), 0, 3),
        ModelSettings.deepFm(4, List.of(), 0, 3),
        new ModelSettings(ModelKind.WIDE_DEEP, 4, List.of(8), 0, 0, 3),
        new ModelSettings(ModelKind.DCN, 4, List.of(8), 2, 0, 3),
        new ModelSettings(ModelKind.DCN, 4, List.of(8), 2, 0, 3)
            .withSizes(new Sizes(Map.of("stacked", List.of(1)))),
        new ModelSettings(ModelKind.DCN, 4, List.of(8), 2, 0, 3)
            .withSizes(new Sizes(Map.of("low-rank", List.of(3), "experts", List.of(2)))),
        SampleKinds.of(ModelKind.FINALMLP, 3),
        SampleKinds.of(ModelKind.FINALNET, 3),
        new ModelSettings(ModelKind.FM, 4, List.of(), 0, 0, 3).withEmbeddingSizes(SHORTER),
        ModelSettings.deepFm(4, List.of(8, 5), 0, 3).withEmbeddingSizes(SHORTER));
  }

  static List<ModelSettings> kindsOfLayers() {
    return kinds().stream()
        .filter(settings -> !settings.hiddenLayers().isEmpty())
        .flatMap(
            settings -> Stream.of(settings, SampleKinds.mixingExperts(settings, 2, List.of(8))))
        .toList();
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void baseAndSharesAddUpToTheLogit(ModelSettings settings) {
    Explanation explained = assertAddsUp(settings);

    assertThat(Arrays.stream(explained.firstOrder()).allMatch(share -> share != 0)).isTrue();
    assertThat(has(explained.pairs())).isEqualTo(settings.kind().pairs());
    assertThat(has(explained.dense()))
        .isEqualTo(!settings.hiddenLayers().isEmpty() || settings.crossLayers() > 0);
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void sharesAreTheShapleyValues(ModelSettings settings) {
    boolean exact = settings.hiddenLayers().isEmpty() && settings.crossLayers() == 0;
    assertAreShapleyValues(settings, exact ? 1e-5 : 0.02);
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void sharesOfSequencesThatAttendAreShapleyValuesThatAddUp(ModelSettings settings) {
    for (int units : new int[] {0, 5, 6}) {
      anExample();
      attending(units, units == 0, units == 6);
      Explanation explained = assertAddsUp(settings);
      assertThat(explained.dense()[schema.index("seen")] != 0)
          .isEqualTo(settings.kind().pairs() || settings.kind().deep());
      assertAreShapleyValues(settings, settings.kind().embeds() ? 0.05 : 1e-5);
    }
  }

  @ParameterizedTest
  @MethodSource("kindsOfLayers")
  void theLogitOfEachTaskIsTakenApart(ModelSettings settings) {
    Tasks tasks = SampleKinds.TASKS;
    Predictor predictor = predictor(settings.withTasks(tasks));
    float[][] predicted = predictor.predictTasks(List.of(example));

    for (task = 0; task < tasks.size(); task++) {
      Explanation explained = predictor.explain(example, task);

      double sum = explained.base();
      double joint = 1;
      for (int index = 0; index < schema.size(); index++) {
        sum += explained.total(index);
        assertThat(explained.total(index))
            .isCloseTo(shapley(predictor, index, schema.size()), within(0.02));
      }
      for (int t = task; t >= 0; t = tasks.parent(t)) {
        joint *= predictor.explain(example, t).mixed().probability();
      }
      assertThat(sum).isCloseTo(explained.logit(), within(1e-5));
      assertThat(joint).isCloseTo(predicted[task][0], within(1e-6));
      assertThat(has(explained.firstOrder())).isEqualTo(task == 0);
      assertThat(has(explained.dense())).isTrue();
    }
  }

  private Explanation assertAddsUp(ModelSettings settings) {
    Predictor predictor = predictor(settings);

    Explanation explained = predictor.explain(example, 0);

    double sum = explained.base();
    for (int index = 0; index < schema.size(); index++) {
      sum += explained.total(index);
    }
    assertThat(sum).isCloseTo(explained.logit(), within(1e-5));
    assertThat(1 / (1 + Math.exp(-explained.logit())))
        .isCloseTo(predictor.predict(example), within(1e-6));
    return explained;
  }

  private void assertAreShapleyValues(ModelSettings settings, double but) {
    Predictor predictor = predictor(settings);
    int fields = schema.size();

    Explanation explained = predictor.explain(example, 0);

    for (int index = 0; index < fields; index++) {
      assertThat(explained.total(index)).isCloseTo(shapley(predictor, index, fields), within(but));
    }
  }

  @Test
  void theSameQuestionHasTheSameAnswer() {
    Predictor predictor = predictor(kinds().get(2));

    assertThat(predictor.explain(example, 0).dense())
        .isEqualTo(predictor.explain(example, 0).dense());
  }

  /** By its definition, over all subsets of the other fields. */
  private double shapley(Predictor predictor, int index, int fields) {
    double value = 0;
    for (int subset = 0; subset < 1 << fields; subset++) {
      if ((subset >> index & 1) == 0) {
        int n = Integer.bitCount(subset);
        double weight = 1.0 / fields / choose(fields - 1, n);
        value += weight * (logit(predictor, subset | 1 << index) - logit(predictor, subset));
      }
    }
    return value;
  }

  private double logit(Predictor predictor, int subset) {
    List<Long> fids = new ArrayList<>();
    List<Float> values = new ArrayList<>();
    for (int i = 0; i < example.occurrences(); i++) {
      int index = schema.indexes()[Fids.field(example.fids()[i])];
      if (index < 0 || (subset >> index & 1) == 1) {
        fids.add(example.fids()[i]);
        values.add(example.values()[i]);
      }
    }
    return predictor.explain(Examples.example(1, fids, values), task).logit();
  }

  private static double choose(int n, int k) {
    return k == 0 ? 1 : choose(n - 1, k - 1) * n / k;
  }

  private static boolean has(double[] shares) {
    return Arrays.stream(shares).anyMatch(share -> Math.abs(share) > 1e-7);
  }

  /** A predictor with rows and layers that are not small. */
  private Predictor predictor(ModelSettings settings) {
    RowWeights rows =
        (fid, target, at) -> {
          CounterRng random = new CounterRng(11, fid);
          for (int d = 0; d <= settings.embeddingSize(); d++) {
            target[at + d] = 0.5f * random.normal(d);
          }
          return true;
        };
    float[] dense = new float[DenseShape.of(schema, settings).size()];
    CounterRng random = new CounterRng(12, 0);
    for (int i = 0; i < dense.length; i++) {
      dense[i] = 0.3f * random.normal(i);
    }
    return new Predictor(
        schema,
        settings,
        rows,
        UnknownRows.ZERO,
        dense,
        PublishedGauge.NONE,
        LabelCorrection.none());
  }
}
