package io.freshet.lab.simulate;

import java.util.Arrays;
import java.util.random.RandomGenerator;

/** Draws from 0 … n - 1 with probabilities in proportion to (1 + i)^-skew. */
final class Zipf {
  private final double[] below; // probability of a draw up to and with i

  Zipf(int n, double skew) {
    below = new double[n];
    double sum = 0;
    for (int i = 0; i < n; i++) {
      sum += Math.pow(1 + i, -skew);
      below[i] = sum;
    }
    for (int i = 0; i < n; i++) {
      below[i] /= sum;
    }
  }

  double probability(int i) {
    return i == 0 ? below[0] : below[i] - below[i - 1];
  }

  int draw(RandomGenerator random) {
    int found = Arrays.binarySearch(below, random.nextDouble());
    int i = found < 0 ? -found - 1 : found + 1;
    return Math.min(i, below.length - 1);
  }
}
