package io.freshet.model.label;

import io.freshet.feature.example.LabeledExample;
import io.freshet.model.algebra.Sigmoid;

/**
 * Importance weights for a stream in which an impression that is not clicked within a short wait is
 * emitted as a negative, and again as a positive when its click comes.
 *
 * <p>Let p be the probability of a click, q the share of clicks that come after the wait, r the
 * share of fake negatives that are learned. An impression is emitted as a positive with probability
 * p, early or late, and as a learned negative with r (1 - (1 - q) p): in expectation
 *
 * <pre>
 * N = p + r (1 - (1 - q) p)
 * </pre>
 *
 * times, so that the stream's labels are spread as b(1) = p / N, b(0) = r (1 - (1 - q) p) / N. The
 * loss on the traffic is that on the stream with the weights p / b(1) and (1 - p) / b(0), with f
 * for the unknown p:
 *
 * <pre>
 * positive  N
 * negative  (1 - f) N / (r (1 - (1 - q) f))
 * </pre>
 *
 * <p>q = 1 and r = 1 give 1 + f and (1 - f)(1 + f), the weights of Ktena et al. 2019 (arXiv
 * 1907.06558); r below 1 gives r + f and (1 - f)(r + f) / r; q = 0 and r = 1 gives 1 and 1, as the
 * label was waited for. The expected gradient of an impression is
 *
 * <pre>
 * p · N (f - 1) + r (1 - (1 - q) p) · (1 - f) N / (r (1 - (1 - q) f)) · f
 * </pre>
 *
 * which is 0 at f = p, and for q = r = 1 is (1 - f²)(f - p). q is one for all impressions: delays
 * that depend on the features would need a second model (Chapelle 2014), which is left out.
 *
 * <p>Predictions are judged without the factor N, which would count an impression the more often
 * the likelier its click is.
 */
final class FakeNegativeWeights extends LabelCorrection {
  private final double rate;

  FakeNegativeWeights(double rate) {
    this.rate = rate;
  }

  @Override
  public float probability(float logit) {
    return Sigmoid.of(logit);
  }

  @Override
  public double learningWeight(LabeledExample example, double f) {
    double emitted = f + rate * (1 - (1 - example.laterShare()) * f);
    return emitted * trafficWeight(example, f);
  }

  @Override
  public double trafficWeight(LabeledExample example, double f) {
    if (example.label() > 0) {
      return 1;
    }
    double q = example.laterShare();
    return q == 0 ? 1 / rate : (1 - f) / (rate * (1 - (1 - q) * f));
  }
}
