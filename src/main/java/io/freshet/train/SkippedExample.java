package io.freshet.train;

import static java.util.Objects.requireNonNull;

import io.freshet.feature.example.LabeledExample;

/**
 * An example that a trainer did not learn, or not completely, as it would have moved parameters out
 * of bounds.
 *
 * @param reason what of it is too large or not a number, for people
 */
public record SkippedExample(LabeledExample example, String reason) {
  public SkippedExample {
    requireNonNull(example, "example");
    requireNonNull(reason, "reason");
  }
}
