package io.freshet.job.example;

import static java.util.Objects.requireNonNull;

import io.freshet.feature.example.LabeledExample;

/**
 * A labeled example as it is written out.
 *
 * @param number examples of one subtask of the join are numbered on, in the order in which they are
 *     emitted, through restarts
 */
public record NumberedExample(long number, LabeledExample example) {
  public NumberedExample {
    requireNonNull(example, "example");
  }
}
