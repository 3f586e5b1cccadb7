package io.freshet.evaluate;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/**
 * Settings of progressive validation.
 *
 * @param window length of the tumbling windows of event time
 */
public record EvaluateSettings(Duration window) {
  public static final EvaluateSettings DEFAULT = new EvaluateSettings(Duration.ofMinutes(1));

  public EvaluateSettings {
    requireNonNull(window, "window");
    if (window.isNegative() || window.isZero()) {
      throw new IllegalArgumentException("window is " + window + " but must be above 0");
    }
  }
}
