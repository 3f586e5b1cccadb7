package io.freshet.model.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.freshet.feature.CategoricalField;
import io.freshet.feature.FeatureSchema;
import io.freshet.feature.Fids;
import io.freshet.feature.ImpressionHash;
import io.freshet.feature.example.Example;
import io.freshet.feature.example.LabelPolicy;
import io.freshet.feature.example.LabelSettings;
import io.freshet.feature.example.LabelSettings.Sampling;
import io.freshet.feature.example.LabeledExample;
import io.freshet.feature.example.LabeledExample.Kind;
import io.freshet.model.LearningSettings;
import io.freshet.model.ModelSettings;
import io.freshet.model.Safeguards;
import io.freshet.model.batch.Predictions;
import io.freshet.model.optimizer.Adagrad;
import io.freshet.model.optimizer.OptimizerSettings;
import io.freshet.model.optimizer.Sgd;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the learner makes of each kind of example. */
class LabelLearningTest {
  private static final LearningSettings PLAIN =
      LearningSettings.DEFAULT.withSafeguards(Safeguards.OFF);
  private static final FeatureSchema SCHEMA =
      new FeatureSchema(List.of(new CategoricalField("user", 1)), "user");
  private static final ModelSettings MODEL = ModelSettings.deepFm(1, List.of(), 0, 1);
  private static final OptimizerSettings SGD = new Sgd(1);

  @Test
  void correctionMovesTheLogitByItsWeightWhateverIsPredicted() {
    LocalLearner learner = learner(LabelSettings.DEFAULT, SGD);
    learner.learn(List.of(example(Kind.DECIDED, 1, 3)));
    float before = bias(learner);

    Predictions predictions = learner.learn(List.of(example(Kind.CORRECTION, 0.5f, 2)));

    assertThat(bias(learner) - before).isCloseTo(1, within(1e-6f));
    assertThat(predictions.size()).isZero();
    assertThat(predictions.learned()).isEqualTo(1);
    assertThat(predictions.occurrences()).isEqualTo(2);
  }

  @Test
  void correctionUndoesANegativeAndLearnsAPositive() {
    LocalLearner corrected = learner(LabelSettings.DEFAULT, SGD);
    LocalLearner right = learner(LabelSettings.DEFAULT, SGD);
    float start = corrected.predictor().predict(example(Kind.DECIDED, 0, 1).example());

    corrected.learn(List.of(example(Kind.DECIDED, 0, 1)));
    corrected.learn(List.of(example(Kind.CORRECTION, 1, 1)));
    right.learn(List.of(example(Kind.DECIDED, 1, 1)));

    assertThat(bias(corrected)).isCloseTo(bias(right), within(1e-6f));
    assertThat(bias(right)).isCloseTo(1 - start, within(1e-6f));
  }

  @Test
  void predictionChangesNothingAndMakesNoRow() {
    LocalLearner learner = learner(LabelSettings.DEFAULT, SGD);
    LabeledExample example =
        new LabeledExample("shown", 5, 0, 1, features(), Kind.PREDICTION, 0, true);

    Predictions predictions = learner.learn(List.of(example));

    assertThat(learner.rows()).isZero();
    assertThat(predictions.size() + predictions.learned() + predictions.occurrences()).isZero();
    assertThat(predictions.scoredKeys()).containsExactly(ImpressionHash.key("shown"));
    assertThat(predictions.scores()[0]).isCloseTo(0.5f, within(0.01f));
  }

  @Test
  void predictionDoesNotBringTheDenseStepForward() {
    ModelSettings deep = ModelSettings.deepFm(1, List.of(2), 0, 1);
    LocalLearner learner =
        new LocalLearner(SCHEMA, deep, PLAIN.withOptimizers(SGD, SGD, SGD).withDenseStepSize(2));
    long version = learner.dense().version();

    learner.learn(List.of(example(Kind.DECIDED, 1, 1), example(Kind.PREDICTION, 0, 1)));

    assertThat(learner.dense().version()).isEqualTo(version);
  }

  /** Delays depend on nothing, so a share q of the clicks is emitted only after a fake negative. */
  @ParameterizedTest
  @CsvSource({
    "WAIT, 0, 1, LOG_ODDS",
    "WAIT, 0, 0.1, LOG_ODDS",
    "WAIT, 0, 0.1, WEIGHT",
    "FAKE_NEGATIVE_WEIGHTED, 1, 1, LOG_ODDS",
    "FAKE_NEGATIVE_WEIGHTED, 1, 0.1, LOG_ODDS",
    "FAKE_NEGATIVE_CALIBRATION, 1, 1, LOG_ODDS",
    "FAKE_NEGATIVE_CALIBRATION, 1, 0.1, LOG_ODDS",
    "SHORT_WAIT, 0.4, 1, LOG_ODDS",
    "SHORT_WAIT, 0.4, 0.2, LOG_ODDS"
  })
  void everyPolicyLearnsAndReportsTheTrueRate(
      LabelPolicy policy, float q, double rate, Sampling sampling) {
    LabelSettings labels = LabelSettings.of(policy).withNegatives(rate, sampling);
    LocalLearner learner = learner(labels, new Adagrad(0.5f, 0.1f));
    Random random = new Random(7);
    double p = 0.2;
    List<LabeledExample> emitted = new ArrayList<>();
    for (int i = 0; i < 60_000; i++) {
      boolean click = random.nextDouble() < p;
      boolean later = click && random.nextDouble() < q;
      boolean kept = random.nextDouble() < rate;
      if ((!click || later) && kept) {
        emitted.add(labeled(policy == LabelPolicy.WAIT ? Kind.DECIDED : Kind.FAKE_NEGATIVE, 0, q));
      }
      if (click) {
        emitted.add(labeled(later ? Kind.REINGESTED : Kind.DECIDED, 1, q));
      }
    }

    double weights = 0;
    double labelSum = 0;
    double predicted = 0;
    int half = emitted.size() / 2;
    for (int i = 0; i < emitted.size(); i++) {
      Predictions one = learner.learn(List.of(emitted.get(i)));
      weights += i < half ? 0 : one.weights()[0];
      labelSum += i < half ? 0 : one.weights()[0] * one.labels()[0];
      predicted += i < half ? 0 : one.weights()[0] * one.probabilities()[0];
    }

    assertThat(learner.predictor().predict(features())).isCloseTo(0.2f, within(0.03f));
    assertThat(labelSum / weights).isCloseTo(p, within(0.01));
    assertThat(predicted / weights).isCloseTo(p, within(0.01));
  }

  private static LabeledExample labeled(Kind kind, float label, float q) {
    return new LabeledExample("a", 0, label, 1, features(), kind, q, false);
  }

  private static LabeledExample example(Kind kind, float label, float weight) {
    return new LabeledExample("a", 0, label, weight, features(), kind, 0, false);
  }

  private static Example features() {
    return new Example(1, new long[] {Fids.BIAS, Fids.of(1, 5)}, new float[] {1, 1});
  }

  private static LocalLearner learner(LabelSettings labels, OptimizerSettings optimizer) {
    LearningSettings learning =
        PLAIN.withOptimizers(optimizer, optimizer, optimizer).withLabels(labels);
    return new LocalLearner(SCHEMA, MODEL, learning);
  }

  private static float bias(LocalLearner learner) {
    return learner.finished(learner.find(Fids.BIAS))[0];
  }
}
