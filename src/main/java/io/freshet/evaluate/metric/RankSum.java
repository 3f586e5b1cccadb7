package io.freshet.evaluate.metric;

import java.util.Arrays;

/**
 * The AUC of predictions in ascending order: the share of pairs of a positive and a negative (each
 * weighing the product of its two) in which the positive is predicted higher, ties counting half
 * (Mann and Whitney 1947; Hanley and McNeil 1982). A label y between 0 and 1 counts as y of a
 * positive and 1 - y of a negative.
 */
public final class RankSum {
  private double below;
  private double negatives;
  private double positives;

  /** Adds the weights of the next higher prediction. */
  public void add(double positive, double negative) {
    below += positive * (negatives + negative / 2);
    negatives += negative;
    positives += positive;
  }

  /** NaN unless there are positives and negatives. */
  public double auc() {
    return positives > 0 && negatives > 0 ? below / positives / negatives : Double.NaN;
  }

  /** The AUC of the first {@code n} examples. */
  static double auc(float[] labels, float[] weights, float[] probabilities, int n) {
    RankSum sum = new RankSum();
    long[] order = order(probabilities, n);
    for (int i = 0; i < n; ) {
      double positive = 0;
      double negative = 0;
      float p = probabilities[(int) order[i]];
      for (; i < n && probabilities[(int) order[i]] == p; i++) {
        int at = (int) order[i];
        positive += (double) weights[at] * labels[at];
        negative += (double) weights[at] * (1 - labels[at]);
      }
      sum.add(positive, negative);
    }
    return sum.auc();
  }

  /** Indexes in ascending order of predictions, those of equal ones as they were; low 32 bits. */
  public static long[] order(float[] probabilities, int n) {
    long[] order = new long[n];
    for (int i = 0; i < n; i++) {
      order[i] = (long) Float.floatToIntBits(probabilities[i] + 0f) << 32 | i; // no -0
    }
    Arrays.sort(order);
    return order;
  }
}
