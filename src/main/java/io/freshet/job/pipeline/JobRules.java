package io.freshet.job.pipeline;

import io.freshet.config.LearnerConfig;
import io.freshet.job.state.SavedState;
import io.freshet.train.CheckpointRules;
import io.freshet.train.RefusedException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.configuration.StateRecoveryOptions;

/**
 * What must hold before a job is submitted, or its promises would not. The loop's operators check
 * again what holds in their tasks.
 */
final class JobRules {
  private JobRules() {}

  /**
   * Refuses settings that break a promise, wherever they come from.
   *
   * @param flink all settings that the job is submitted with
   * @throws RefusedException with every problem, if there is one
   */
  static void check(ReadableConfig flink, LearnerConfig config) {
    List<String> problems = new ArrayList<>();
    Configuration checkpoints = Configuration.fromMap(flink.toMap());
    if (!CheckpointingOptions.isCheckpointingEnabled(checkpoints)) {
      problems.add(
          "checkpoints are off, so that a failure would lose the model: set "
              + "execution.checkpointing.interval above 0");
    }
    CheckpointRules.problem(checkpoints).ifPresent(problems::add);
    if (flink.get(PipelineOptions.GENERIC_TYPES)) {
      problems.add(
          "generic types are on, so that state could come to hold what no version reads again: "
              + "set pipeline.generic-types to false");
    }
    flink
        .getOptional(StateRecoveryOptions.SAVEPOINT_PATH)
        .ifPresent(path -> checkMaxParallelism(path, config.maxParallelism(), problems));
    if (!problems.isEmpty()) {
      throw new RefusedException(String.join("; ", problems));
    }
  }

  private static void checkMaxParallelism(String path, int configured, List<String> problems) {
    int inState;
    try {
      inState = SavedState.at(path).maxParallelism();
    } catch (IOException e) {
      problems.add("cannot start from " + path + ": " + e.getMessage());
      return;
    }
    if (inState != configured) {
      problems.add(
          "max-parallelism is %s, but the state in %s was made with %s, for good: set max-parallelism to %s"
              .formatted(configured, path, inState, inState));
    }
  }
}
