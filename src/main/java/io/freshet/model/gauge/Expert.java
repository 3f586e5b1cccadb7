package io.freshet.model.gauge;

import io.freshet.model.ModelKind;
import java.util.List;

/**
 * One of the predictions that are mixed. Its logit is
 *
 * <pre>
 * base rate + firstOrder · first-order sum + logit · sum of all terms + correction
 * </pre>
 *
 * @param firstOrder share of the first-order sum
 * @param logit share of all the model's terms, the first order among them
 * @param weight its share of the mixed prediction
 */
public record Expert(double firstOrder, double logit, double weight, double correction) {

  /** The experts of a kind of model, each with its prior weight; the whole model has half. */
  static List<Expert> of(ModelKind kind) {
    return kind == ModelKind.LR
        ? List.of(
            expert(0, 0, 4), expert(0, 0.25, 4), expert(0, 0.5, 4), expert(0, 0.75, 4), whole(0.5))
        : List.of(
            expert(0, 0, 6),
            expert(0.5, 0, 6),
            expert(1, 0, 6),
            expert(0, 0.25, 6),
            expert(0, 0.5, 6),
            expert(0, 0.75, 6),
            whole(0.5));
  }

  private static Expert expert(double firstOrder, double logit, int others) {
    return new Expert(firstOrder, logit, 0.5 / others, 0);
  }

  static Expert whole(double weight) {
    return new Expert(0, 1, weight, 0);
  }

  /** Returns a copy with another weight and correction. */
  Expert with(double otherWeight, double otherCorrection) {
    return new Expert(firstOrder, logit, otherWeight, otherCorrection);
  }

  boolean isBaseRate() {
    return firstOrder == 0 && logit == 0;
  }

  /** Its logit before the correction. */
  double logit(double offset, double firstOrderSum, double sum) {
    double z = offset;
    if (firstOrder != 0) { // nothing of a sum that is not finite
      z += firstOrder * firstOrderSum;
    }
    if (logit != 0) {
      z += logit * sum;
    }
    return z;
  }
}
