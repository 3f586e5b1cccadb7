package io.freshet.model.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.freshet.feature.Fids;
import io.freshet.feature.example.Example;
import io.freshet.feature.example.LabeledExample;
import io.freshet.model.FitSettings;
import io.freshet.model.LearningSettings;
import io.freshet.model.ModelKind;
import io.freshet.model.ModelSettings;
import io.freshet.model.Safeguards;
import io.freshet.model.SampleKinds;
import io.freshet.model.batch.Examples;
import io.freshet.model.dense.DenseParameters;
import io.freshet.model.layer.Dropout;
import io.freshet.model.optimizer.Adam;
import io.freshet.model.optimizer.OptimizerSettings;
import io.freshet.model.optimizer.Sgd;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.ejml.data.FMatrixRMaj;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class FitLearnerTest {
  private static final ModelSettings MODEL = ModelSettings.deepFm(4, List.of(8, 6), 0, 1);
  private static final OptimizerSettings SGD = new Sgd(0.5f);
  private static final OptimizerSettings ADAM = new Adam(0.01f, 0.9f, 0.999f, 1e-8f, 0);

  /** With equal weights, a mean over n is a sum at an n-th of the rate. */
  @Test
  void oneStepIsThatOfTheStreamingLearnerAtTheRateOfTheMean() {
    List<LabeledExample> examples = evenly(new Examples(1).ofDistinctUsers(8));
    FitLearner fit =
        new FitLearner(
            Examples.SCHEMA,
            MODEL,
            plain(SGD),
            List.of(),
            DenseParameters.start(Examples.SCHEMA.size(), MODEL, SGD));
    OptimizerSettings eighth = new Sgd(0.5f / 8);
    LocalLearner local =
        new LocalLearner(
            Examples.SCHEMA,
            MODEL,
            LearningSettings.DEFAULT
                .withOptimizers(eighth, eighth, eighth)
                .withDenseStepSize(8)
                .withSafeguards(Safeguards.OFF));

    for (int step = 0; step < 5; step++) {
      fit.learn(examples);
      local.learn(examples);
    }

    List<Float> predicted = new ArrayList<>();
    examples.forEach(e -> predicted.add(local.predictor().predict(e.example())));
    float[] fitted = fit.predict(examples);
    for (int i = 0; i < fitted.length; i++) {
      assertThat(fitted[i]).isCloseTo(predicted.get(i), within(1e-5f));
    }
  }

  static List<ModelSettings> kinds() {
    return SampleKinds.all(3).stream().filter(model -> model.kind().deep()).toList();
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void everyDensePartIsFittedWithNormalizationAndComesBack(ModelSettings model) {
    FitSettings settings = new FitSettings(64, 1, 1, ADAM, 0.1f, 0, true, 0, 0.1f, true);
    FitLearner fit = new FitLearner(Examples.SCHEMA, model, settings);
    List<LabeledExample> all = evenly(new Examples(2).ofDistinctUsers(64));
    double first = fit.learn(all);
    double last = 0;
    for (int step = 0; step < 150; step++) {
      last = fit.learn(all);
    }
    FitLearner.State state = fit.state();
    float[] before = fit.predict(all);

    fit.learn(all);

    assertThat(last).isLessThan(0.8 * first);
    assertThat(fit.predict(all)).isNotEqualTo(before);
    fit.restore(state);
    assertThat(fit.predict(all)).containsExactly(before);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void penaltyPullsWhatIsInTheStepOrTheWholeTable(boolean wholeTable) {
    FitLearner fit =
        new FitLearner(
            Examples.SCHEMA,
            MODEL,
            new FitSettings(8, 1, 1, SGD, 0.01f, 0.5f, wholeTable, 0, 0, false));
    List<LabeledExample> all = new Examples(2).ofDistinctUsers(9);
    LabeledExample absent = all.get(8);
    fit.learn(all);
    float before = fit.predict(List.of(absent))[0];
    FitLearner.State state = fit.state();

    fit.learn(List.of());
    float after = fit.predict(List.of(absent))[0];

    assertThat(after != before).isEqualTo(wholeTable);
    fit.restore(state);
    assertThat(fit.predict(List.of(absent))).containsExactly(before);
  }

  /** What moves is the table as a whole: a row counts the steps that it had no part in. */
  @Test
  void aRowMetBeforehandHasTakenAllStepsOfTheTable() {
    FitSettings settings = new FitSettings(8, 1, 1, ADAM, 0.01f, 0, true, 0, 0, false);
    ModelSettings linear = new ModelSettings(ModelKind.LR, 0, List.of(), 0, 0, 1);
    List<LabeledExample> early = evenly(new Examples(5).ofDistinctUsers(1));
    List<LabeledExample> late = evenly(new Examples(6).ofDistinctUsers(3)).subList(2, 3);
    FitLearner known = new FitLearner(Examples.SCHEMA, linear, settings);
    FitLearner surprised = new FitLearner(Examples.SCHEMA, linear, settings);
    known.meet(late);

    for (FitLearner fit : List.of(known, surprised)) {
      fit.learn(early);
      fit.learn(late);
    }

    assertThat(known.predict(late)[0]).isNotEqualTo(surprised.predict(late)[0]);
    assertThat(known.parameters()).isEqualTo(surprised.parameters());
  }

  @Test
  void aFeatureNeverMetCountsAsNothing() {
    FitLearner fit = new FitLearner(Examples.SCHEMA, MODEL, plain(ADAM));
    ModelSettings linear = new ModelSettings(ModelKind.FM, 4, List.of(), 0, 0, 1);
    FitLearner untouched = new FitLearner(Examples.SCHEMA, linear, plain(ADAM));
    List<LabeledExample> examples = new Examples(7).ofDistinctUsers(2);

    assertThat(untouched.predict(examples)).containsOnly(0.5f);
    assertThat(fit.predict(examples)).containsOnly(0.5f); // its layers have no bias yet
    assertThat(fit.rows()).isZero();
  }

  @Test
  void thePenaltySparesTheBias() {
    FitSettings settings = new FitSettings(8, 1, 1, SGD, 0.01f, 1, true, 0, 0, false);
    ModelSettings linear = new ModelSettings(ModelKind.LR, 0, List.of(), 0, 0, 1);
    FitLearner fit = new FitLearner(Examples.SCHEMA, linear, settings);
    Example nothing = new Example(0, new long[] {Fids.BIAS}, new float[] {1});
    List<LabeledExample> onlyBias = List.of(Examples.labeled(0, 1, nothing));
    fit.learn(new Examples(8).ofDistinctUsers(1));
    float bias = fit.predict(onlyBias)[0];

    fit.learn(List.of());

    assertThat(bias).isNotEqualTo(0.5f);
    assertThat(fit.predict(onlyBias)).containsExactly(bias);
  }

  /** Unclipped, the step would be a hundred times the rows themselves, and past 0. */
  @Test
  void aGradientIsNoLongerThanTen() {
    OptimizerSettings tenth = new Sgd(0.1f);
    FitSettings settings = new FitSettings(8, 1, 1, tenth, 0.3f, 1000, true, 0, 0, false);
    ModelSettings pairs = new ModelSettings(ModelKind.FM, 4, List.of(), 0, 0, 1);
    FitLearner fit = new FitLearner(Examples.SCHEMA, pairs, settings);
    List<LabeledExample> examples = new Examples(9).ofDistinctUsers(6);
    fit.meet(examples);
    float before = fit.predict(examples)[0];

    fit.learn(List.of());

    float after = fit.predict(examples)[0];
    assertThat(Math.abs(after - 0.5f)).isStrictlyBetween(0f, Math.abs(before - 0.5f));
  }

  @Test
  void lossFallsWithNormalizationAndDropout() {
    FitSettings settings = new FitSettings(64, 1, 1, ADAM, 0.01f, 0, true, 0, 0.2f, true);
    FitLearner fit = new FitLearner(Examples.SCHEMA, MODEL, settings);
    List<LabeledExample> examples = decided(new Examples(3).ofUsers(20, 64));

    double first = fit.learn(examples);
    for (int step = 0; step < 300; step++) {
      fit.learn(examples);
    }

    assertThat(loss(fit.predict(examples), examples)).isLessThan(first / 2);
  }

  @Test
  void sameSeedFitsTheSame() {
    FitSettings settings = new FitSettings(64, 1, 1, ADAM, 0.01f, 0, false, 0, 0.3f, true);
    List<LabeledExample> examples = new Examples(4).ofUsers(20, 64);
    List<float[]> predicted = new ArrayList<>();
    for (int run = 0; run < 2; run++) {
      FitLearner fit = new FitLearner(Examples.SCHEMA, MODEL, settings);
      fit.learn(examples);
      fit.learn(examples);
      predicted.add(fit.predict(examples));
    }

    assertThat(predicted.get(0)).containsExactly(predicted.get(1));
  }

  @Test
  void dropoutDropsItsShareAndKeepsTheMean() {
    FMatrixRMaj units = new FMatrixRMaj(100, 100);
    units.fill(1);

    Dropout dropout = new Dropout(0.3f, 7);
    dropout.examples(LongStream.range(0, 100).toArray());
    dropout.forward(units, 0);

    double sum = 0;
    int dropped = 0;
    for (float unit : units.data) {
      sum += unit;
      dropped += unit == 0 ? 1 : 0;
    }
    assertThat(dropped / 1e4).isCloseTo(0.3, within(0.02));
    assertThat(sum / 1e4).isCloseTo(1, within(0.02));
  }

  private static FitSettings plain(OptimizerSettings optimizer) {
    return new FitSettings(8, 1, 1, optimizer, 0.01f, 0, false, 0, 0, false);
  }

  private static List<LabeledExample> evenly(List<LabeledExample> examples) {
    return examples.stream().map(e -> Examples.labeled(e.label(), 1, e.example())).toList();
  }

  /** Labels that the features decide. */
  private static List<LabeledExample> decided(List<LabeledExample> examples) {
    return examples.stream()
        .map(e -> Examples.labeled(e.example().user() % 2, 1, e.example()))
        .toList();
  }

  private static double loss(float[] probabilities, List<LabeledExample> examples) {
    double loss = 0;
    for (int i = 0; i < probabilities.length; i++) {
      double p = examples.get(i).label() > 0 ? probabilities[i] : 1 - probabilities[i];
      loss -= Math.log(p) / probabilities.length;
    }
    return loss;
  }
}
