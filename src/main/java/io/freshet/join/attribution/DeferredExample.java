package io.freshet.join.attribution;

import static java.util.Objects.requireNonNull;

import io.freshet.feature.example.LabeledExample;

/**
 * A decided example that waits for time.
 *
 * @param shown when its impression was shown, epoch milliseconds
 */
public record DeferredExample(long shown, LabeledExample example) {
  public DeferredExample {
    requireNonNull(example, "example");
  }
}
