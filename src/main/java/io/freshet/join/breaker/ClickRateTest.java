package io.freshet.join.breaker;

import static java.util.Objects.requireNonNull;

/**
 * Whether the clicks of some buckets are as many as is usual.
 *
 * <p>They are not where, by the running rate, so few or so many come in fewer than one of a million
 * cases ({@link PoissonTail}), and fewer or more than a share that a slow hour or a new page does
 * not explain: of 10,000 expected clicks, 9,500 are impossible by chance, and no outage either. A
 * test looks back until it expects {@value #LEAST_EXPECTED} clicks; 8 are then too few. A rate that
 * is known of few clicks may be wrong itself, as after a stream's first bucket, of which it may
 * have seen the end alone: so what is amiss must also be {@value #DEVIATIONS} standard deviations
 * of the expectation away from it.
 */
final class ClickRateTest {
  static final double LEAST_EXPECTED = 30;
  private static final double DEVIATIONS = 4.75; // one of a million is further off
  private static final double LOG_IMPOSSIBLE = Math.log(1e-6);

  /** What a test found. */
  enum Verdict {
    /** Too little was expected to say anything. */
    UNKNOWN,
    FINE,
    MISSING,
    FLOOD
  }

  /**
   * What a test found, and in what.
   *
   * @param from the first bucket that was looked at
   */
  record Finding(Verdict verdict, long from, double came, double expected) {
    Finding {
      requireNonNull(verdict, "verdict");
    }

    boolean isAmiss() {
      return verdict == Verdict.MISSING || verdict == Verdict.FLOOD;
    }
  }

  private final ClickRateEstimator flow;
  private final double drop;
  private final double flood;

  /**
   * @param drop below this share of what is expected, clicks may be missing
   * @param flood above this many times what is expected, they may be too many
   */
  ClickRateTest(ClickRateEstimator flow, double drop, double flood) {
    this.flow = requireNonNull(flow, "flow");
    this.drop = drop;
    this.flood = flood;
  }

  /** Tests the buckets up to this one, none before the earliest. */
  Finding upTo(long bucket, long earliest) {
    double came = 0;
    double expected = 0;
    long from = bucket + 1;
    long reach = Math.max(earliest, bucket - ClickRateEstimator.LONGEST_TEST + 1);
    while (from > reach && expected < LEAST_EXPECTED) {
      long back = Math.max(1, bucket + 1 - from); // as far again as it has looked
      double[] more = flow.expected(Math.max(reach, from - back), from - 1);
      for (int i = more.length - 1; i >= 0 && expected < LEAST_EXPECTED; i--) {
        from--;
        came += flow.came(from);
        expected += more[i];
      }
    }
    Verdict verdict = verdict(came, expected);
    boolean isAmiss = verdict == Verdict.MISSING || verdict == Verdict.FLOOD;
    double sure = Math.abs(came - expected) / DEVIATIONS;
    return isAmiss && sure * sure < flow.variance(from, bucket)
        ? new Finding(Verdict.UNKNOWN, from, came, expected)
        : new Finding(verdict, from, came, expected);
  }

  private Verdict verdict(double came, double expected) {
    if (expected < LEAST_EXPECTED) {
      return Verdict.UNKNOWN;
    }
    long n = Math.round(came);
    if (came < drop * expected && PoissonTail.logAtMost(n, expected) < LOG_IMPOSSIBLE) {
      return Verdict.MISSING;
    }
    if (came > flood * expected && PoissonTail.logAtLeast(n, expected) < LOG_IMPOSSIBLE) {
      return Verdict.FLOOD;
    }
    return Verdict.FINE;
  }
}
