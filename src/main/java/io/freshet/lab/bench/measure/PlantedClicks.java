package io.freshet.lab.bench.measure;

import java.util.SplittableRandom;

/**
 * The truth behind a benchmark's clicks, so that there is something to learn: each value of seven
 * fields has an effect on the log odds, normal with deviation 1, by its field and id alone.
 */
final class PlantedClicks {
  /** Numbers of the fields that have effects. */
  static final int FIRST = 2;

  static final int LAST = 8;

  private static final long SPREAD = 0x9E3779B97F4A7C15L;

  private final double base;
  private double logOdds;

  /**
   * @param rate share of clicks if all values were equally frequent; the frequent ones make it
   *     another, by half at most
   */
  PlantedClicks(double rate) {
    double least = -20;
    double most = 20;
    for (int i = 0; i < 40; i++) {
      double middle = (least + most) / 2;
      boolean low = meanRate(middle) < rate;
      least = low ? middle : least;
      most = low ? most : middle;
    }
    base = least;
  }

  /** The share of clicks for a base, over the distribution of all effects together. */
  private static double meanRate(double base) {
    double deviation = Math.sqrt(LAST - FIRST + 1.0);
    double sum = 0;
    double weights = 0;
    for (double x = -6; x <= 6; x += 0.01) {
      double weight = Math.exp(-x * x / 2);
      sum += weight / (1 + Math.exp(-base - deviation * x));
      weights += weight;
    }
    return sum / weights;
  }

  /** Begins an example. */
  void begin() {
    logOdds = base;
  }

  /** Counts the value of a field. */
  void add(int field, long id) {
    if (field >= FIRST && field <= LAST) {
      logOdds += new SplittableRandom((id + 1) * SPREAD + field).nextGaussian();
    }
  }

  /** Draws whether the example is clicked. */
  boolean draw(SplittableRandom random) {
    return random.nextDouble() < 1 / (1 + Math.exp(-logOdds));
  }
}
