package io.freshet.job;

import static java.util.Objects.requireNonNull;

import io.freshet.feature.LabelledExample;

/**
 * A labelled example as it is written out.
 *
 * @param number examples of one subtask of the join are numbered on, in the order in which they are
 *     told, through restarts
 */
public record NumberedExample(long number, LabelledExample example) {
  public NumberedExample {
    requireNonNull(example, "example");
  }
}
