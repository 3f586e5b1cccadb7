package io.freshet.join;

import static java.util.Objects.requireNonNull;

import io.freshet.feature.LabelledExample;

/**
 * A decided example that waits for time.
 *
 * @param shown when its impression was shown, epoch milliseconds
 */
record HeldExample(long shown, LabelledExample example) {
  HeldExample {
    requireNonNull(example, "example");
  }
}
