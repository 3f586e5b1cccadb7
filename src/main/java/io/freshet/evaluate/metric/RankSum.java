package io.freshet.evaluate.metric;

import java.util.Arrays;

/**
 * The exact AUC of a few examples, by sorting them: the share of pairs of a positive and a negative
 * (each weighing the product of its two) in which the positive is predicted higher, ties counting
 * half (Mann and Whitney 1947; Hanley and McNeil 1982). A label y between 0 and 1 counts as y of a
 * positive and 1 - y of a negative.
 */
public final class RankSum {
  private RankSum() {}

  /** NaN unless there are positives and negatives among the first {@code n}. */
  static double auc(float[] labels, float[] weights, float[] probabilities, int n) {
    double below = 0;
    double negatives = 0;
    double positives = 0;
    long[] order = order(probabilities, n);
    for (int i = 0; i < n; ) {
      double tiedPositives = 0;
      double tiedNegatives = 0;
      float p = probabilities[(int) order[i]];
      for (; i < n && probabilities[(int) order[i]] == p; i++) {
        int at = (int) order[i];
        tiedPositives += (double) weights[at] * labels[at];
        tiedNegatives += (double) weights[at] * (1 - labels[at]);
      }
      below += tiedPositives * (negatives + tiedNegatives / 2);
      negatives += tiedNegatives;
      positives += tiedPositives;
    }
    return positives > 0 && negatives > 0 ? below / positives / negatives : Double.NaN;
  }

  /** Places in ascending order of predictions, those of equal ones as they were; low 32 bits. */
  public static long[] order(float[] probabilities, int n) {
    long[] order = new long[n];
    for (int i = 0; i < n; i++) {
      order[i] = (long) Float.floatToIntBits(probabilities[i] + 0f) << 32 | i; // no -0
    }
    Arrays.sort(order);
    return order;
  }
}
