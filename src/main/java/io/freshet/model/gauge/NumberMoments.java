package io.freshet.model.gauge;

import io.freshet.feature.NumericField.Scale;

/**
 * The moments of a numeric field and of two logarithms of it: the count n and the sums of t, t², t³
 * and t⁴ of each, as 13 doubles of the gauge.
 *
 * <p>They choose the transform: of two distributions the one with the lower kurtosis is nearer to
 * what a linear model can use. The logarithm ln(1 + |x|) is taken where its kurtosis times {@value
 * #MARGIN} is below that of the number itself; ln(1 + 1000 |x|) where its own is as far below both,
 * and the numbers are so small, on average, that the first is nearly linear.
 */
final class NumberMoments implements Moments {
  static final int SUMS = 13;

  /** Below so much of the squared mean a variance is the rounding of the sums. */
  static final double LEAST_VARIANCE = 1e-12;

  /** Numbers whose sums of fourth powers are finite. */
  static final double MOST = 1e16;

  private static final double MARGIN = 1.1;
  private static final int RAW = 1;
  private static final int LOG = 5;
  private static final int FINE = 9;
  private static final double FINE_UNIT = 1000;

  private final double[] values;
  private final int at;

  NumberMoments(double[] values, int at) {
    this.values = values;
    this.at = at;
  }

  @Override
  public void add(double number) {
    values[at]++;
    addPowers(at + RAW, number);
    addPowers(at + LOG, NumberScale.log(number));
    addPowers(at + FINE, NumberScale.log(FINE_UNIT * number));
  }

  private void addPowers(int from, double t) {
    double power = t;
    for (int i = from; i < from + 4; i++) {
      values[i] += power;
      power *= t;
    }
  }

  /**
   * Starts with as many numbers one deviation below the mean as above it. Transforms that are not
   * the scale's count as of three times the kurtosis, so that the choice stays until the stream
   * says otherwise. A field without deviation starts from nothing.
   */
  @Override
  public void start(NumberScale scale) {
    if (scale.deviation() == 0) {
      return;
    }
    add(scale.inverse(scale.mean() - scale.deviation()));
    add(scale.inverse(scale.mean() + scale.deviation()));
    for (int of : new int[] {RAW, LOG, FINE}) {
      if (unit(of) != scale.unit()) {
        values[at + of + 3] += values[at] * 2 * variance(of) * variance(of);
      }
    }
    for (int i = at; i < at + SUMS; i++) {
      values[i] *= CAPACITY / 2 / 2;
    }
  }

  @Override
  public void halveIfFull() {
    if (values[at] >= CAPACITY) {
      for (int i = at; i < at + SUMS; i++) {
        values[i] /= 2;
      }
    }
  }

  @Override
  public NumberScale scale(Scale wanted) {
    int of =
        switch (wanted) {
          case RAW -> RAW;
          case LOG -> LOG;
          case AUTO -> choose();
        };
    return new NumberScale(unit(of), mean(of), Math.sqrt(variance(of)));
  }

  private int choose() {
    int of = kurtosis(LOG) * MARGIN < kurtosis(RAW) ? LOG : RAW;
    boolean small = values[at + LOG + 1] < values[at]; // the mean square is below 1
    return small && kurtosis(FINE) * MARGIN < kurtosis(of) ? FINE : of;
  }

  private static double unit(int of) {
    return of == RAW ? 0 : of == LOG ? 1 : FINE_UNIT;
  }

  private double mean(int of) {
    return values[at] > 0 ? values[at + of] / values[at] : 0;
  }

  /** 0 where it is within the rounding of the sums. */
  private double variance(int of) {
    double mean = mean(of);
    double variance = values[at] < 2 ? 0 : values[at + of + 1] / values[at] - mean * mean;
    return variance > LEAST_VARIANCE * mean * mean + 1e-30 ? variance : 0;
  }

  /** The fourth central moment by the squared variance; that of a constant is beyond all others. */
  private double kurtosis(int of) {
    double variance = variance(of);
    if (variance == 0) {
      return Double.MAX_VALUE / 2;
    }
    double n = values[at];
    double m = mean(of);
    double fourth =
        values[at + of + 3] / n
            - 4 * m * values[at + of + 2] / n
            + 6 * m * m * values[at + of + 1] / n
            - 3 * m * m * m * m;
    return Math.max(1, fourth / (variance * variance));
  }
}
