package io.freshet.model.gauge;

/**
 * The weight of all examples, and of the positives among them, as 2 doubles of the gauge; their log
 * odds are the offset of every logit. So the base rate is learned exactly and at once, and no row
 * moves because it was wrong.
 */
final class BaseRate {
  static final int SUMS = 2;
  private static final double PRIOR = 0.1; // of a positive, in one example

  private final double[] values;
  private final int at;

  BaseRate(double[] values, int at) {
    this.values = values;
    this.at = at;
  }

  /**
   * Adds examples.
   *
   * @param weight of all of them; where the rate is one given an earlier task, the weight of that
   */
  void add(double weight, double positives) {
    values[at] += weight;
    values[at + 1] += positives;
  }

  /** Starts from published log odds, as if so much weight had been seen. */
  void start(double logOdds, double weight) {
    double odds = Math.exp(logOdds);
    double positives = (odds * (weight + 1 - PRIOR) - PRIOR) / (1 + odds);
    values[at] = weight;
    values[at + 1] = Math.max(0, Math.min(weight, positives));
  }

  double logOdds() {
    double positives = Math.max(0, values[at + 1]);
    double negatives = Math.max(0, values[at] - positives);
    return Math.log((positives + PRIOR) / (negatives + 1 - PRIOR));
  }
}
