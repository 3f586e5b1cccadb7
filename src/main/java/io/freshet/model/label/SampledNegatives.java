package io.freshet.model.label;

import io.freshet.feature.example.LabeledExample;
import io.freshet.model.algebra.Sigmoid;

/**
 * Final labels, of whose negatives only a share r is learned.
 *
 * <p>In the sample the odds of a click are 1 / r times those in the traffic, p / (r (1 - p)). A
 * model that learns the sample as it is predicts these, so that the traffic's log-odds are its own
 * plus ln r (He et al. 2014, section 6.3; King and Zeng 2001). Or each negative kept is learned
 * with weight 1 / r, and the model predicts p itself: the expected gradient of an impression is
 *
 * <pre>
 * p (f - 1) + (1 - p) r · (1 / r) f = f - p
 * </pre>
 *
 * <p>One of the two, never both. With r = 1 neither does anything.
 */
final class SampledNegatives extends LabelCorrection {
  private final double rate;
  private final float logRate;
  private final boolean weighs;

  SampledNegatives(double rate, boolean weighs) {
    this.rate = rate;
    this.weighs = weighs;
    logRate = weighs ? 0 : (float) Math.log(rate);
  }

  @Override
  public float probability(float logit) {
    return Sigmoid.of(logit + logRate);
  }

  @Override
  public double learningWeight(LabeledExample example, double f) {
    return weighs ? trafficWeight(example, f) : 1;
  }

  @Override
  public double trafficWeight(LabeledExample example, double f) {
    return example.label() == 0 ? 1 / rate : 1;
  }
}
