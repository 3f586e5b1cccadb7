package io.freshet.train;

import static java.util.Objects.requireNonNull;

import io.freshet.feature.example.LabeledExample;

/**
 * An example that a trainer did not learn, or not wholly, as it would have driven parameters out of
 * all bounds.
 *
 * @param reason for people: what of it was too large or no number
 */
public record SkippedExample(LabeledExample example, String reason) {
  public SkippedExample {
    requireNonNull(example, "example");
    requireNonNull(reason, "reason");
  }
}
