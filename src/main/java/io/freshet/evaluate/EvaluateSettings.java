package io.freshet.evaluate;

import static java.util.Objects.requireNonNull;

import io.freshet.config.option.Section;
import java.io.Serializable;
import java.time.Duration;
import java.util.List;

/**
 * Settings of progressive validation.
 *
 * @param window length of the tumbling windows of event time
 * @param atImpression share of the impressions that are predicted when they are shown, to be held
 *     against their final label
 * @param slices names of the fields by whose values there are metrics, too
 * @param sliceValues values of a field at most that have metrics of their own: the first that come
 */
public record EvaluateSettings(
    Duration window, double atImpression, List<String> slices, int sliceValues)
    implements Serializable {
  public static final EvaluateSettings DEFAULT = Section.defaults(EvaluateOptions::read);

  public EvaluateSettings {
    slices = List.copyOf(slices);
    requireNonNull(window, "window");
    if (window.isNegative() || window.isZero()) {
      throw new IllegalArgumentException("window is " + window + " but must be above 0");
    }
    if (!(atImpression >= 0 && atImpression <= 1)) {
      throw new IllegalArgumentException("at impression: " + atImpression + " is not in 0 … 1");
    }
    if (sliceValues < 1) {
      throw new IllegalArgumentException("slice values: " + sliceValues + " is below 1");
    }
  }

  /** Returns a copy with windows of another length. */
  public EvaluateSettings withWindow(Duration length) {
    return new EvaluateSettings(length, atImpression, slices, sliceValues);
  }
}
