package io.freshet.feature.example;

import static java.util.Objects.requireNonNull;

/**
 * An impression after encoding: what waits in the join for its clicks.
 *
 * @param timestamp event time, epoch milliseconds
 * @param weight importance weight, 1 unless the event says otherwise
 * @param label where the event says it; NaN elsewhere
 */
public record EncodedImpression(
    String id, long timestamp, float weight, float label, Example example) {

  public EncodedImpression {
    requireNonNull(id, "id");
    requireNonNull(example, "example");
  }

  /** An impression whose label is not known yet. */
  public EncodedImpression(String id, long timestamp, float weight, Example example) {
    this(id, timestamp, weight, Float.NaN, example);
  }

  /** Returns a copy with another id and time. */
  public EncodedImpression as(String otherId, long otherTime) {
    return new EncodedImpression(otherId, otherTime, weight, label, example);
  }

  /** Labels it. */
  public LabeledExample labeled(float label, long time) {
    return new LabeledExample(id, time, label, weight, example);
  }
}
