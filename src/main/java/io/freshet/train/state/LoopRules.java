package io.freshet.train.state;

import io.freshet.model.LearningSettings;
import io.freshet.train.CheckpointRules;
import io.freshet.train.RefusedException;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;

/**
 * What must hold in a task for the loop to be exactly-once. Checked by each operator of the loop
 * when it opens, as the cluster's configuration may differ from what the client checked.
 */
public final class LoopRules {
  private LoopRules() {}

  public static void check(AbstractStreamOperator<?> operator) {
    CheckpointRules.problem(operator.getContainingTask().getJobConfiguration())
        .ifPresent(
            problem -> {
              throw new RefusedException(problem);
            });
  }

  /** Refuses optimizers of rows whose slots cannot be added up over several trainers. */
  public static void checkSums(LearningSettings learning, RuntimeContext context) {
    int trainers = context.getTaskInfo().getNumberOfParallelSubtasks();
    if (trainers > 1 && (learning.firstOrder().decays() || learning.embedding().decays())) {
      throw new RefusedException(
          "the optimizer of the rows has moments that decay, which "
              + trainers
              + " trainers cannot add up: run at parallelism 1, or choose adagrad, ftrl or sgd");
    }
  }

  /** Refuses requests that were routed for another parallelism than the receiver has. */
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
              + ": rescale the whole job, not one of its vertices");
    }
  }

  /** The task manager's address and the process of a task, for messages. */
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
