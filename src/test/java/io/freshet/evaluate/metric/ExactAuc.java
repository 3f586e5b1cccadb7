package io.freshet.evaluate.metric;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/** The AUC by its definition over sorted predictions: the oracle. */
final class ExactAuc {
  private ExactAuc() {}

  static double of(float[] probabilities, float[] labels, float[] weights) {
    Integer[] order = IntStream.range(0, labels.length).boxed().toArray(Integer[]::new);
    Arrays.sort(order, Comparator.comparingDouble(i -> probabilities[i]));
    double below = 0;
    double negatives = 0;
    double positives = 0;
    for (int i = 0; i < order.length; ) {
      double tiedPositives = 0;
      double tiedNegatives = 0;
      float p = probabilities[order[i]];
      for (; i < order.length && probabilities[order[i]] == p; i++) {
        double weight = weights[order[i]];
        tiedPositives += weight * labels[order[i]];
        tiedNegatives += weight * (1 - labels[order[i]]);
      }
      below += tiedPositives * (negatives + tiedNegatives / 2);
      negatives += tiedNegatives;
      positives += tiedPositives;
    }
    return below / positives / negatives;
  }
}
