package io.freshet.model.label;

import io.freshet.feature.example.LabeledExample;

/**
 * The stream in which each impression is emitted as a negative at once and again as a positive at
 * its click, learned as it is; what the model predicts is corrected instead (Ktena et al. 2019,
 * arXiv 1907.06558).
 *
 * <p>With p the probability of a click and r the share of fake negatives that are learned, an
 * impression is emitted r + p times, and the share of positives among them, which the model learns,
 * is
 *
 * <pre>
 * b = p / (r + p), hence p = r b / (1 - b) = r eᶻ
 * </pre>
 *
 * for the model's logit z. b is clipped at 1 / (1 + r), which is ½ where all fake negatives are
 * learned, so that p is at most 1.
 *
 * <p>Predictions are judged with weight 1 for a positive and (1 - f) / r for a fake negative, as in
 * {@link FakeNegativeWeights}.
 */
final class FakeNegativeCalibration extends LabelCorrection {
  private final double rate;

  FakeNegativeCalibration(double rate) {
    this.rate = rate;
  }

  @Override
  public float probability(float logit) {
    return (float) Math.min(1, rate * Math.exp(logit));
  }

  @Override
  public double learningWeight(LabeledExample example, double f) {
    return 1;
  }

  @Override
  public double trafficWeight(LabeledExample example, double f) {
    return example.label() > 0 ? 1 : (1 - f) / rate;
  }
}
