package io.freshet.config;

import static io.freshet.config.option.ValueType.directory;
import static io.freshet.config.option.ValueType.duration;
import static io.freshet.config.option.ValueType.oneOf;

import io.freshet.config.CheckpointSettings.Backend;
import io.freshet.config.option.Section;
import java.time.Duration;

/** The options of the section {@code checkpoint}. */
final class CheckpointOptions {
  private CheckpointOptions() {}

  static CheckpointSettings read(Section s) {
    return new CheckpointSettings(
        s.get(
            "interval",
            duration("10 ms", "1 d"),
            Duration.ofMinutes(1),
            "Time between two checkpoints. Each completed checkpoint publishes a snapshot."),
        s.get(
            "timeout",
            duration("1 s", "1 d"),
            Duration.ofMinutes(10),
            "Time after which a checkpoint is given up."),
        s.get(
            "dir",
            directory(),
            "file:///var/lib/freshet/checkpoints",
            "Directory of the checkpoints."),
        s.get(
            "backend",
            oneOf(Backend.class),
            Backend.ROCKSDB,
            "Where state is kept: on disk, where it may outgrow memory (rocksdb), or on the heap"
                + " (hashmap)."));
  }
}
