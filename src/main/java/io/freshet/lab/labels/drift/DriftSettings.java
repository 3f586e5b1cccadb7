package io.freshet.lab.labels.drift;

import io.freshet.lab.labels.LabelConditions;
import io.freshet.lab.labels.LabelTraffic;
import java.time.Duration;

/**
 * What a {@link DriftRun} compares.
 *
 * @param conditions of the stream
 * @param days of event time
 * @param warmUp days that all models learn and none is measured on
 * @param window days that the model retrained in batch learns
 */
record DriftSettings(LabelConditions conditions, int days, int warmUp, int window) {
  static final Duration DELAY = Duration.ofMinutes(5);
  static final Duration WINDOW = Duration.ofMinutes(30);
  private static final double CLICK_RATE = 0.2;
  private static final int DAY_SECONDS = 86_400;

  /** So many impressions in a second of event time, of users whose tastes turn so fast. */
  static DriftSettings of(
      long seed, int days, int warmUp, int window, double perSecond, double drift) {
    long impressions = (long) (days * DAY_SECONDS * perSecond);
    return new DriftSettings(
        new LabelConditions(seed, impressions, perSecond, CLICK_RATE, drift, true),
        days,
        warmUp,
        window);
  }

  LabelTraffic traffic() {
    return LabelTraffic.of(conditions, DELAY, WINDOW);
  }
}
