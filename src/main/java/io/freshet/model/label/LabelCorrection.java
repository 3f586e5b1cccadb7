package io.freshet.model.label;

import io.freshet.feature.example.LabelSettings;
import io.freshet.feature.example.LabeledExample;

/**
 * Undoes what a policy of labels does to the stream of examples, whose labels are not spread as
 * those of the traffic: by the weight with which an example is learned, or by a correction of what
 * the model predicts.
 *
 * <p>f is the corrected probability that the model predicts just before it learns the example. It
 * is a number here: no gradient goes through a weight. All weights are exact where f is the true
 * probability p: then the expected gradient of everything emitted for an impression is 0, as it is
 * for true labels.
 */
public abstract class LabelCorrection {

  LabelCorrection() {}

  /** The correction that fits how labels come about. */
  public static LabelCorrection of(LabelSettings labels) {
    double rate = labels.negativeRate();
    return switch (labels.policy()) {
      case WAIT, FULL_WAIT ->
          new SampledNegatives(rate, labels.sampling() == LabelSettings.Sampling.WEIGHT);
      case FAKE_NEGATIVE_WEIGHTED, SHORT_WAIT -> new FakeNegativeWeights(rate);
      case FAKE_NEGATIVE_CALIBRATION -> new FakeNegativeCalibration(rate);
    };
  }

  /** The correction of a model that predicts probabilities as they are. */
  public static LabelCorrection none() {
    return new SampledNegatives(1, false);
  }

  /** The probability of a click that a logit of the model means. */
  public abstract float probability(float logit);

  /** By what the gradient of an example is multiplied, its importance weight aside. */
  public abstract double learningWeight(LabeledExample example, double f);

  /**
   * How many impressions of the traffic an example represents when predictions are judged by it:
   * over everything emitted for an impression, 1 in expectation, with its label's share positive.
   */
  public abstract double trafficWeight(LabeledExample example, double f);
}
