package io.freshet.lab.bench.measure;

import java.util.SplittableRandom;

/**
 * Draws numbers 0 … n - 1, the small ones more often: a Pareto variable between 1 and n + 1, cut to
 * its integer part, whose probabilities fall as (1 + i)^-skew. It needs no table, so n may be
 * large.
 */
final class ZipfIds {
  private final double exponent;
  private final double range;

  ZipfIds(long n, double skew) {
    exponent = 1 - skew;
    range = Math.pow(n + 1.0, exponent) - 1;
  }

  long draw(SplittableRandom random) {
    return at(random.nextDouble());
  }

  /** The number below which a share of all draws falls. */
  long at(double share) {
    return (long) Math.pow(1 + share * range, 1 / exponent) - 1;
  }
}
