package io.freshet.model.learn;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.feature.CategoricalField;
import io.freshet.feature.FeatureSchema;
import io.freshet.feature.Fids;
import io.freshet.feature.VectorField;
import io.freshet.feature.example.Example;
import io.freshet.feature.example.LabeledExample;
import io.freshet.model.LearningSettings;
import io.freshet.model.ModelSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Vectors on which labels depend, whose components have means and deviations of their own. */
final class VectorLearningTest {
  private static final int SIZE = 16;
  private static final int BATCH = 128;
  private static final int BATCHES = 120;
  private static final FeatureSchema SCHEMA =
      new FeatureSchema(
          List.of(new CategoricalField("user", 1), new VectorField("photo", 2, SIZE)), "user");

  private final Random random = new Random(3);
  private final LocalLearner learner =
      new LocalLearner(SCHEMA, ModelSettings.DEFAULT, LearningSettings.DEFAULT);

  @Test
  void whatDependsOnAVectorIsLearned() {
    Losses losses = learn(1);

    assertThat(losses.reached()).isGreaterThan(0.6);
  }

  @Test
  void vectorsOfAnotherScaleInMidStreamAreNoWorseThanNoModel() {
    Losses losses = learn(1000);

    assertThat(losses.learned).isLessThan(losses.base);
  }

  /** Logloss in the second half: of the learner, of what draws the labels, and of the base rate. */
  private record Losses(double learned, double truth, double base) {
    double reached() {
      return (base - learned) / (base - truth);
    }
  }

  private Losses learn(double laterScale) {
    double learned = 0;
    double truth = 0;
    double base = 0;
    double positives = 0;
    int n = 0;
    for (int b = 0; b < BATCHES; b++) {
      List<LabeledExample> examples = new ArrayList<>();
      double[] rates = new double[BATCH];
      for (int i = 0; i < BATCH; i++) {
        examples.add(example(i, rates, b < BATCHES / 2 ? 1 : laterScale));
      }
      float[] predicted = learner.learn(examples).probabilities();
      for (int i = 0; i < BATCH; i++) {
        double label = examples.get(i).label();
        if (b >= BATCHES / 2) {
          learned += loss(label, predicted[i]);
          truth += loss(label, rates[i]);
          base += loss(label, (positives + 0.5) / (n + 1));
        }
        positives += label;
        n++;
      }
    }
    return new Losses(learned, truth, base);
  }

  private LabeledExample example(int i, double[] rates, double scale) {
    long[] fids = new long[2 + SIZE];
    float[] values = new float[2 + SIZE];
    long user = random.nextInt(50);
    fids[0] = Fids.BIAS;
    fids[1] = Fids.of(1, 1000 + user);
    values[0] = 1;
    values[1] = 1;
    double logit = -1;
    for (int c = 0; c < SIZE; c++) {
      double z = random.nextGaussian();
      logit += (c % 2 == 0 ? 0.5 : -0.5) * z;
      fids[2 + c] = Fids.component(2, c);
      values[2 + c] = (float) (scale * (c + z * Math.pow(2, c - 8)));
    }
    rates[i] = 1 / (1 + Math.exp(-logit));
    float label = random.nextDouble() < rates[i] ? 1 : 0;
    return new LabeledExample("i" + i, 1, label, 1, new Example(user, fids, values));
  }

  private static double loss(double label, double probability) {
    return -label * Math.log(probability) - (1 - label) * Math.log(1 - probability);
  }
}
