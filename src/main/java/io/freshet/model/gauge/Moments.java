package io.freshet.model.gauge;

import io.freshet.feature.NumericField.Scale;

/** Sums over a stream of numbers, from which follows how these are standardized. */
interface Moments {
  /** Count at which all sums are halved, so that the moments follow the stream. */
  double CAPACITY = 20_000;

  void add(double number);

  void halveIfFull();

  NumberScale scale(Scale wanted);

  /** Starts from a published scale, as if half the capacity had been seen. */
  void start(NumberScale scale);
}
