package io.freshet.join.breaker;

/**
 * Whether too many impressions come after their window, so that they are not learned: of the last
 * {@value #MEMORY} or so more than a tenth, until less than a twentieth. Event time is then ahead
 * of most of the stream, by a clock that is wrong or a partition that was away for long.
 */
public final class LateImpressions {
  static final int MEMORY = 1000;
  private static final int LEAST = 100;
  private static final double MANY = 0.1;
  private static final double FEW = 0.05;

  private double all; // decayed sums
  private double late;
  private boolean isMany;

  /** An impression; says whether this begins or ends with it. */
  public boolean impression(boolean isLate) {
    double kept = 1 - 1.0 / MEMORY;
    all = kept * all + 1;
    late = kept * late + (isLate ? 1 : 0);
    boolean before = isMany;
    isMany = all >= LEAST && late > (before ? FEW : MANY) * all;
    return isMany != before;
  }

  /** Of the last impressions. */
  public double share() {
    return all == 0 ? 0 : late / all;
  }

  public boolean isMany() {
    return isMany;
  }
}
