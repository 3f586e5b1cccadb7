package io.freshet.config;

import static java.util.Objects.requireNonNull;

import io.freshet.config.option.Section;
import java.time.Duration;

/**
 * How the job's state is kept.
 *
 * @param interval between two checkpoints; each completed one publishes a snapshot
 * @param timeout after which a checkpoint is given up, the drain of the loop included
 * @param dir a URI that Flink's file systems know
 * @param backend what holds keyed state
 */
public record CheckpointSettings(Duration interval, Duration timeout, String dir, Backend backend) {
  public static final CheckpointSettings DEFAULT = Section.defaults(CheckpointOptions::read);

  public CheckpointSettings {
    requireNonNull(interval, "interval");
    requireNonNull(timeout, "timeout");
    requireNonNull(dir, "dir");
    requireNonNull(backend, "backend");
    if (interval.isNegative() || interval.isZero() || timeout.isNegative() || timeout.isZero()) {
      throw new IllegalArgumentException(
          "interval " + interval + " and timeout " + timeout + " must be above 0");
    }
  }

  /** Flink's state backends. */
  public enum Backend {
    /** On disk: the embedding table may outgrow memory, checkpoints are incremental. */
    ROCKSDB,
    /** On the heap: quicker as long as it fits. */
    HASHMAP
  }
}
