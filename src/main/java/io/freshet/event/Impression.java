package io.freshet.event;

import static java.util.Objects.requireNonNull;

/**
 * One decoded impression: what was shown to whom, before anyone knows whether it was clicked.
 *
 * @param id the impression's id, which its clicks name
 * @param timestamp event time, epoch milliseconds
 * @param weight importance weight, finite and above 0; 1 unless the event says otherwise
 * @param label where the event says it; NaN elsewhere
 */
public record Impression(
    String id, long timestamp, float weight, float label, FeatureValues features) {

  public Impression {
    requireNonNull(id, "id");
    requireNonNull(features, "features");
    if (!(weight > 0) || weight == Float.POSITIVE_INFINITY) {
      throw new IllegalArgumentException("weight " + weight + " of the impression " + id);
    }
  }

  /** An impression whose label is not known yet. */
  public Impression(String id, long timestamp, float weight, FeatureValues features) {
    this(id, timestamp, weight, Float.NaN, features);
  }
}
