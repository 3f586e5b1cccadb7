package io.freshet.feature;

import static java.util.Objects.requireNonNull;

/**
 * An example with its label, as the join hands it to the trainer.
 *
 * @param impressionId the impression it came from
 * @param time event time of the label's decision, epoch milliseconds; never behind the watermark
 * @param label 0 or 1 (fractions are allowed where a label is a weighted sum of actions)
 * @param weight importance weight of the loss, 1 unless configured
 * @param example the features
 */
public record LabelledExample(
    String impressionId, long time, float label, float weight, Example example) {

  public LabelledExample {
    requireNonNull(impressionId, "impressionId");
    requireNonNull(example, "example");
  }
}
