package io.freshet.lab.simulate;

import io.freshet.lab.simulate.SimulatorSettings.Disorder;
import java.util.random.RandomGenerator;

/**
 * The delay of a click after its impression.
 *
 * <p>Delays are exponential, cut off a second before the window ends; late clicks are late by a
 * minute at least. So no click is near enough to the window's end for rounding to matter.
 */
final class ClickDelay {
  private static final long MARGIN = 1000;
  private static final long TOO_LATE = 60_000;

  private final double mean;
  private final long window;
  private final double inTime; // probability of an exponential delay before the cut

  ClickDelay(Disorder disorder) {
    mean = disorder.clickDelay().toMillis();
    window = disorder.window().toMillis();
    inTime = 1 - Math.exp(-(window - MARGIN) / mean);
  }

  /** A delay within the window, in milliseconds, at least 1. */
  long inTime(RandomGenerator random) {
    double delay = -mean * Math.log(1 - random.nextDouble() * inTime);
    return Math.max(1, Math.min((long) delay, window - MARGIN));
  }

  long tooLate(RandomGenerator random) {
    return window + TOO_LATE + (long) (-mean * Math.log(1 - random.nextDouble()));
  }
}
