package io.freshet.train.state;

import io.freshet.model.LearningSettings;
import io.freshet.train.RefusedException;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.CheckpointingMode;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;

/**
 * What must hold in a task for the loop to keep its promises. Checked by each operator of the loop
 * when it opens, as the cluster's configuration may differ from what the client checked.
 */
public final class LoopRules {
  private LoopRules() {}

  public static void check(AbstractStreamOperator<?> operator) {
    Configuration job = operator.getContainingTask().getJobConfiguration();
    if (CheckpointingOptions.isUnalignedCheckpointEnabled(job)) {
      throw new RefusedException(
          "unaligned checkpoints would let a barrier overtake updates of the model: set "
              + CheckpointingOptions.ENABLE_UNALIGNED.key()
              + " to false");
    }
    if (CheckpointingOptions.isCheckpointingEnabled(job)
        && CheckpointingOptions.getCheckpointingMode(job) != CheckpointingMode.EXACTLY_ONCE) {
      throw new RefusedException(
          "at-least-once checkpoints would count updates of the model twice: set "
              + CheckpointingOptions.CHECKPOINTING_CONSISTENCY_MODE.key()
              + " to EXACTLY_ONCE");
    }
  }

  /** Refuses optimisers of rows whose slots several trainers cannot add up. */
  public static void checkSums(LearningSettings learning, RuntimeContext context) {
    int trainers = context.getTaskInfo().getNumberOfParallelSubtasks();
    if (trainers > 1 && (learning.firstOrder().decays() || learning.embedding().decays())) {
      throw new RefusedException(
          "the optimiser of the rows keeps moments that decay, which "
              + trainers
              + " trainers cannot add up: run at parallelism 1, or take adagrad, ftrl or sgd");
    }
  }

  /** Refuses requests that were routed by another shape of the job than the receiver has. */
  public static void checkShape(
      AbstractStreamOperator<?> operator, int parallelism, int maxParallelism) {
    var task = operator.getRuntimeContext().getTaskInfo();
    if (task.getNumberOfParallelSubtasks() != parallelism
        || task.getMaxNumberOfParallelSubtasks() != maxParallelism) {
      throw new RefusedException(
          "trainers run at parallelism "
              + parallelism
              + " of "
              + maxParallelism
              + " but shards at "
              + task.getNumberOfParallelSubtasks()
              + " of "
              + task.getMaxNumberOfParallelSubtasks()
              + ": rescale the whole job, never one of its vertices");
    }
  }

  /** Where a task runs, for messages: the task manager's address and this process. */
  public static String location(AbstractStreamOperator<?> operator) {
    return "task manager "
        + operator
            .getContainingTask()
            .getEnvironment()
            .getTaskManagerInfo()
            .getTaskManagerExternalAddress()
        + " (process "
        + ProcessHandle.current().pid()
        + ")";
  }
}
