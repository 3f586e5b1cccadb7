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
        s.option("interval", "Time between two checkpoints; each publishes a snapshot.")
            .get(duration("10 ms", "1 d"), Duration.ofMinutes(1)),
        s.option("timeout", "Time after which a checkpoint is given up.")
            .get(duration("1 s", "1 d"), Duration.ofMinutes(10)),
        s.option(
                "dir",
                "Directory of the checkpoints; those of a learner are in a folder of its name.")
            .get(directory(), "file:///var/lib/freshet/checkpoints"),
        s.option("backend", "Where state is: on disk (rocksdb) or on the heap (hashmap).")
            .get(oneOf(Backend.class), Backend.ROCKSDB));
  }
}
