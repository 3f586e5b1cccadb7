package io.freshet.train;

import java.util.Optional;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.CheckpointingMode;

/** The settings of checkpoints under which the loop is exactly-once. */
public final class CheckpointRules {
  private CheckpointRules() {}

  /** Returns what is wrong with a job's checkpoints, if they are on. */
  public static Optional<String> problem(Configuration job) {
    if (!CheckpointingOptions.isCheckpointingEnabled(job)) {
      return Optional.empty();
    }
    if (CheckpointingOptions.getCheckpointingMode(job) != CheckpointingMode.EXACTLY_ONCE) {
      return Optional.of(
          "at-least-once checkpoints would count updates of the model twice: set "
              + CheckpointingOptions.CHECKPOINTING_CONSISTENCY_MODE.key()
              + " to EXACTLY_ONCE");
    }
    if (CheckpointingOptions.isUnalignedCheckpointEnabled(job)) {
      return Optional.of(
          "unaligned checkpoints would let a barrier overtake updates of the model: set "
              + CheckpointingOptions.ENABLE_UNALIGNED.key()
              + " to false");
    }
    return Optional.empty();
  }
}
