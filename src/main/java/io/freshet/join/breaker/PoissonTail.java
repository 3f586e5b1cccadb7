package io.freshet.join.breaker;

/**
 * How unlikely a count is, if events come by themselves at a known rate: the tails of the Poisson
 * distribution with mean λ.
 *
 * <p>Beyond the mean, the terms of a tail fall faster than geometrically, so the tail is its
 * largest term times a sum that begins with 1:
 *
 * <pre>
 * P(X ≤ n) = p(n) · (1 + n/λ + n(n−1)/λ² + …)             for n &lt; λ
 * P(X ≥ n) = p(n) · (1 + λ/(n+1) + λ²/((n+1)(n+2)) + …)   for n &gt; λ
 * ln p(n)  = n ln λ − λ − ln n!
 * </pre>
 *
 * <p>All terms are positive, so nothing cancels; p(n) is found in logarithms, with n! by Stirling's
 * series (NIST Handbook of Mathematical Functions, 5.11.1), and may be far below what a double can
 * hold. Relative error below 1e-9 up to means of a million; there the logarithm's own cancellation
 * begins to show.
 */
final class PoissonTail {
  private static final double ENOUGH = 1e-17; // of a sum that begins with 1
  private static final int STIRLING_FROM = 16;

  private PoissonTail() {}

  /** ln P(X ≤ n), or 0 where n is not below the mean: then it is no small count. */
  static double logAtMost(long n, double mean) {
    if (n >= mean) {
      return 0;
    }
    double sum = 1;
    double term = 1;
    for (long k = n; k > 0 && term > ENOUGH * sum; k--) {
      term *= k / mean;
      sum += term;
    }
    return logOf(n, mean) + Math.log(sum);
  }

  /** ln P(X ≥ n), or 0 where n is not above the mean. */
  static double logAtLeast(long n, double mean) {
    if (n <= mean) {
      return 0;
    }
    double sum = 1;
    double term = 1;
    for (long k = n + 1; term > ENOUGH * sum; k++) {
      term *= mean / k;
      sum += term;
    }
    return logOf(n, mean) + Math.log(sum);
  }

  /** ln P(X = n). */
  private static double logOf(long n, double mean) {
    return n * Math.log(mean) - mean - logFactorial(n);
  }

  private static double logFactorial(long n) {
    if (n < STIRLING_FROM) {
      double product = 1;
      for (long k = 2; k <= n; k++) {
        product *= k;
      }
      return Math.log(product);
    }
    double x = n + 1.0;
    double y = 1 / (x * x);
    double series = (1 / 12.0 - y * (1 / 360.0 - y * (1 / 1260.0 - y / 1680.0))) / x;
    return (x - 0.5) * Math.log(x) - x + 0.5 * Math.log(2 * Math.PI) + series;
  }
}
