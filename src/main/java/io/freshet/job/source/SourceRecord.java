package io.freshet.job.source;

import static java.util.Objects.requireNonNull;

import io.freshet.job.deadletter.DeadLetter;
import java.util.Map;
import org.apache.flink.api.common.eventtime.TimestampAssigner;

/**
 * What a Kafka source hands to the {@link SourceRouter} behind it.
 *
 * @param <T> the type of a good value
 */
public sealed interface SourceRecord<T> {
  /** That of a row of a table, whose source keeps its own place. */
  long NO_OFFSET = -1;

  /** Event time, epoch milliseconds, or {@link TimestampAssigner#NO_TIMESTAMP}. */
  long timestamp();

  /**
   * A record that decoded.
   *
   * @param ignored how many keys and features of the record nobody asked for
   */
  record Good<T>(T value, long timestamp, int ignored, int partition, long offset)
      implements SourceRecord<T> {
    public Good {
      requireNonNull(value, "value");
    }
  }

  /** A record that did not. It has no event time: a bad clock must not move the watermark. */
  record Dead<T>(DeadLetter letter) implements SourceRecord<T> {
    public Dead {
      requireNonNull(letter, "letter");
    }

    @Override
    public long timestamp() {
      return TimestampAssigner.NO_TIMESTAMP;
    }
  }

  /**
   * Announces the time of the record that comes next, so that its watermark is sent before it:
   * Flink sends the watermark behind the record that carries it.
   */
  record Tick<T>(long timestamp) implements SourceRecord<T> {}

  /** Texts of feature ids, before the first record that holds them. It has no time. */
  record Names<T>(Map<Long, String> texts) implements SourceRecord<T> {
    public Names {
      texts = Map.copyOf(texts);
    }

    @Override
    public long timestamp() {
      return TimestampAssigner.NO_TIMESTAMP;
    }
  }

  /** A record without a value: it deletes a key of a compacted topic, and is no event. */
  record Tombstone<T>(int partition, long offset) implements SourceRecord<T> {
    @Override
    public long timestamp() {
      return TimestampAssigner.NO_TIMESTAMP;
    }
  }
}
