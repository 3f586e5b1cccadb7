package io.freshet.snapshot.publish;

/**
 * How much worse than the base rate a sound model may look by chance.
 *
 * <p>The base rate is the share p of clicks among the n examples that are judged, and always
 * predicting it has normalized entropy 1. With log-odds that differ from its own by about 1, the
 * sum of the losses varies by √(n p (1 - p)): the standard error of the number of clicks. So a
 * model is called worse when it loses {@value #ERRORS} times that in addition, which is less than
 * one false call in a year of checkpoints. In normalized entropy,
 *
 * <pre>limit = 1 + (3 √(n p (1 - p)) + cold ln 2) / (n H(p)),  H(p) = -p ln p - (1 - p) ln(1 - p)
 * </pre>
 *
 * <p>which is 1.07 at 100 clicks of 3,333 examples and 1.007 at 10,000 of 333,333. The second term
 * is for examples among the first {@value #COLD_EXAMPLES} of the stream: a model that knows nothing
 * yet may lose a whole bit on each. With fewer than {@value #LEAST} clicks, or fewer than that
 * without one, nothing can be said.
 */
final class BaseRate {
  static final double COLD_EXAMPLES = 1000;

  private static final double LEAST = 30;
  private static final double ERRORS = 3;

  private BaseRate() {}

  /** Whether there are enough examples of both kinds to judge by. */
  static boolean isEnough(double examples, double rate) {
    return examples * Math.min(rate, 1 - rate) >= LEAST;
  }

  /**
   * Returns the highest normalized entropy that chance explains, NaN where that cannot be said.
   *
   * @param rate share of clicks, by weight
   * @param before examples that came before those judged
   */
  static double neLimit(double examples, double rate, double before) {
    if (!isEnough(examples, rate)) {
      return Double.NaN;
    }
    double cold = Math.max(0, Math.min(examples, COLD_EXAMPLES - before));
    double chance = ERRORS * Math.sqrt(examples * rate * (1 - rate));
    return 1 + (chance + cold * Math.log(2)) / (examples * entropy(rate));
  }

  static double entropy(double rate) {
    return -rate * Math.log(rate) - (1 - rate) * Math.log(1 - rate);
  }
}
