package io.freshet.model.gauge;

import io.freshet.model.ModelKind;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Predicts by several {@linkplain Expert experts}, each weighted by how well it did so far: Bayes'
 * mixture, or Hedge at rate 1 for the log loss (Vovk 1990; Cesa-Bianchi and Lugosi 2006, chapter
 * 9). If its weights followed every example and nothing were forgotten, its loss would exceed that
 * of the best expert by at most ln(1 / prior) in all: 2.5 nats, whatever the stream. Weights are
 * fixed for a row step, and forget.
 *
 * <pre>
 * weight      ∝ prior · exp(-L)     L: logloss of what the expert predicted, so far
 * correction  ln((C + 20) / (Q + 20))   C: positives, Q: what it predicted without its correction
 * </pre>
 *
 * All are sums in the gauge: C, the number of examples, then L and Q of each expert.
 */
final class Mixture {
  /** Number of examples at which all sums are halved. */
  static final double CAPACITY = 20_000;

  private static final double SMOOTHING = 20;
  static final double LEAST = 1e-6; // probability, in losses and predictions
  private static final double LOSS_OF_NO_NUMBER = 20;
  private static final int EXAMPLES = 1;
  private static final int LOSSES = 2;

  /** Nats that a model which learns is not behind, whatever the stream; a ruined one soon is. */
  private static final double RUINED = 100;

  private final double[] values;
  private final int at;
  private final List<Expert> experts;
  private final double[] weights; // of the step, as are those below
  private final double[] factors; // on the odds against a positive: exp(-correction)
  private final double[] uncorrected; // what each predicted for the last example
  private final double[] corrected;

  Mixture(List<Expert> experts, double[] values, int at) {
    this.experts = experts;
    this.values = values;
    this.at = at;
    weights = new double[experts.size()];
    factors = new double[experts.size()];
    uncorrected = new double[experts.size()];
    corrected = new double[experts.size()];
  }

  static int sums(int experts) {
    return LOSSES + 2 * experts;
  }

  /** Whether the whole model is far behind the first order and the base rate. */
  boolean isRuined() {
    double least = Double.POSITIVE_INFINITY;
    for (int k = 0; k < experts.size() - 1; k++) {
      least = experts.get(k).logit() == 0 ? Math.min(least, values[at + LOSSES + k]) : least;
    }
    return values[at + LOSSES + experts.size() - 1] > least + RUINED; // the whole model is the last
  }

  /** Fixes weights and corrections for a step; what is added from now on counts for the next. */
  void begin() {
    int n = experts.size();
    double least = Double.POSITIVE_INFINITY;
    for (int k = 0; k < n; k++) {
      least = Math.min(least, values[at + LOSSES + k]);
    }
    double sum = 0;
    for (int k = 0; k < n; k++) {
      weights[k] = experts.get(k).weight() * Math.exp(least - values[at + LOSSES + k]);
      sum += weights[k];
    }
    for (int k = 0; k < n; k++) {
      weights[k] /= sum;
      factors[k] = n == 1 || experts.get(k).isBaseRate() ? 1 : factor(k);
    }
  }

  private double factor(int k) {
    double positives = Math.max(0, values[at]);
    double predicted = Math.max(0, values[at + LOSSES + experts.size() + k]);
    return (predicted + SMOOTHING) / (positives + SMOOTHING);
  }

  /** The experts as they are in this step. */
  List<Expert> experts() {
    return IntStream.range(0, experts.size())
        .mapToObj(k -> experts.get(k).with(weights[k], Math.log(1 / factors[k])))
        .toList();
  }

  /** The mixed probability of a positive. */
  double predict(double offset, double firstOrder, double sum) {
    double mixed = 0;
    for (int k = 0; k < experts.size(); k++) {
      double z = experts.get(k).logit(offset, firstOrder, sum);
      if (Double.isFinite(z)) {
        double odds = Math.exp(-z);
        uncorrected[k] = 1 / (1 + odds);
        corrected[k] = clip(1 / (1 + odds * factors[k]));
        mixed += weights[k] * corrected[k];
      } else {
        uncorrected[k] = Double.NaN;
        mixed += weights[k] * 0.5;
      }
    }
    return mixed;
  }

  /**
   * Adds how well the last example was predicted.
   *
   * @param within probability of the earlier task that this one follows on; 1 without one
   */
  void add(double weight, double label, double within) {
    values[at] += weight * label;
    values[at + EXAMPLES]++;
    for (int k = 0; k < experts.size(); k++) {
      boolean finite = !Double.isNaN(uncorrected[k]);
      values[at + LOSSES + k] +=
          weight * (finite ? loss(label, joint(k, within)) : LOSS_OF_NO_NUMBER);
      values[at + LOSSES + experts.size() + k] += weight * within * (finite ? uncorrected[k] : 0.5);
    }
  }

  private double joint(int k, double within) {
    return within == 1 ? corrected[k] : clip(within * corrected[k]);
  }

  /** Adds that the label of the last example was learned too small, by {@code more}. */
  void correct(double weight, double more, double within) {
    values[at] += weight * more;
    for (int k = 0; k < experts.size(); k++) {
      if (!Double.isNaN(uncorrected[k])) {
        double probability = joint(k, within);
        values[at + LOSSES + k] -= weight * more * Math.log(probability / (1 - probability));
      }
    }
  }

  /**
   * Takes over the sums of another kind's experts: of logistic regression, whose whole logit is its
   * first-order sum, those of equal shares. Others start from their priors.
   */
  void restore(double[] other) {
    List<Expert> linear = Expert.of(ModelKind.LR);
    if (other.length != sums(linear.size())) {
      return;
    }
    values[at] = other[0];
    values[at + EXAMPLES] = other[EXAMPLES];
    for (int k = 0; k < experts.size(); k++) {
      int like = 0;
      double share = experts.get(k).firstOrder() + experts.get(k).logit();
      while (linear.get(like).logit() != share) {
        like++;
      }
      values[at + LOSSES + k] = other[LOSSES + like];
      values[at + LOSSES + experts.size() + k] = other[LOSSES + linear.size() + like];
    }
  }

  void clear() {
    Arrays.fill(values, at, at + sums(experts.size()), 0);
  }

  void halveIfFull() {
    if (values[at + EXAMPLES] >= CAPACITY) {
      for (int i = at; i < at + sums(experts.size()); i++) {
        values[i] /= 2;
      }
    }
  }

  /**
   * Starts from published experts of the same shares: with their weights and corrections, as if
   * half the capacity had been seen at a rate of positives.
   */
  void start(List<Expert> published, double rate) {
    double seen = CAPACITY / 2;
    values[at] = seen * rate;
    values[at + EXAMPLES] = seen;
    for (int k = 0; k < experts.size(); k++) {
      double share = Math.max(Double.MIN_NORMAL, published.get(k).weight());
      double factor = Math.exp(-published.get(k).correction());
      values[at + LOSSES + k] = Math.log(experts.get(k).weight() / share);
      values[at + LOSSES + experts.size() + k] =
          Math.max(0, (values[at] + SMOOTHING) * factor - SMOOTHING);
    }
  }

  static double clip(double probability) {
    return Math.max(LEAST, Math.min(1 - LEAST, probability));
  }

  private static double loss(double label, double probability) {
    return -label * Math.log(probability) - (1 - label) * Math.log(1 - probability);
  }
}
