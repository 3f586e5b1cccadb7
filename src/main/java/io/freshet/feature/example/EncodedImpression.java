package io.freshet.feature.example;

import static java.util.Objects.requireNonNull;

/**
 * An impression after encoding: what waits in the join for its clicks.
 *
 * @param timestamp event time, epoch milliseconds
 * @param weight importance weight, 1 unless the event says otherwise
 */
public record EncodedImpression(String id, long timestamp, float weight, Example example) {

  public EncodedImpression {
    requireNonNull(id, "id");
    requireNonNull(example, "example");
  }

  /** Labels it. */
  public LabeledExample labeled(float label, long time) {
    return new LabeledExample(id, time, label, weight, example);
  }
}
