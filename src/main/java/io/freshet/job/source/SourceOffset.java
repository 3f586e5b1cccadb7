package io.freshet.job.source;

import static java.util.Objects.requireNonNull;

/**
 * How far a partition has been read: everything below {@code nextOffset} is before the barrier.
 *
 * <p>After rescaling, two subtasks may tell of one partition: the larger offset holds.
 */
public record SourceOffset(String topic, int partition, long nextOffset) {

  public SourceOffset {
    requireNonNull(topic, "topic");
  }
}
