package io.freshet.evaluate;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/**
 * Settings of progressive validation.
 *
 * @param window length of the tumbling windows of event time
 * @param atImpression share of the impressions that are predicted when they are shown, to be held
 *     against their final label
 */
public record EvaluateSettings(Duration window, double atImpression) {
  public static final EvaluateSettings DEFAULT = new EvaluateSettings(Duration.ofMinutes(1), 0);

  public EvaluateSettings {
    requireNonNull(window, "window");
    if (window.isNegative() || window.isZero()) {
      throw new IllegalArgumentException("window is " + window + " but must be above 0");
    }
    if (!(atImpression >= 0 && atImpression <= 1)) {
      throw new IllegalArgumentException("at impression: " + atImpression + " is not in 0 … 1");
    }
  }
}
