package io.freshet.model.gauge;

import io.freshet.feature.NumericField.Scale;

/**
 * The moments of one component of a vector: its count and the sums of it and of its square. The
 * components of an embedding are of one scale, so there is no logarithm to choose.
 */
final class ComponentMoments implements Moments {
  static final int SUMS = 3;

  private final double[] values;
  private final int at;

  ComponentMoments(double[] values, int at) {
    this.values = values;
    this.at = at;
  }

  @Override
  public void add(double number) {
    values[at]++;
    values[at + 1] += number;
    values[at + 2] += number * number;
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
    double n = values[at];
    if (n < 2) {
      return NumberScale.UNKNOWN;
    }
    double mean = values[at + 1] / n;
    double variance = values[at + 2] / n - mean * mean;
    boolean isConstant = variance <= NumberMoments.LEAST_VARIANCE * mean * mean + 1e-30;
    return new NumberScale(0, mean, isConstant ? 0 : Math.sqrt(variance));
  }

  @Override
  public void start(NumberScale scale) {
    if (scale.deviation() == 0) {
      return;
    }
    double n = CAPACITY / 2;
    values[at] = n;
    values[at + 1] = n * scale.mean();
    values[at + 2] = n * (scale.mean() * scale.mean() + scale.deviation() * scale.deviation());
  }
}
