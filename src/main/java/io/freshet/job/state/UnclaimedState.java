package io.freshet.job.state;

import io.freshet.train.RefusedException;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.runtime.jobgraph.OperatorID;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.graph.StreamGraphHasherV2;

/**
 * State of operators that a job does not have, as that of a task which its configuration no longer
 * names. Flink would refuse it once the job is submitted, and name the hash of an operator.
 */
public final class UnclaimedState {
  private UnclaimedState() {}

  /**
   * Has a job go on without it.
   *
   * @param env with the whole job in it
   * @param isWanted whether it may be left behind, unless Flink is configured so anyway
   * @return the uids of the operators whose state is left behind
   * @throws RefusedException where there is any that may not
   */
  public static List<String> leave(StreamExecutionEnvironment env, boolean isWanted)
      throws IOException {
    Optional<SavedState> state = SavedState.of(env.getConfiguration());
    if (state.isEmpty()) {
      return List.of();
    }
    List<String> unclaimed = state.get().without(operators(env));
    if (unclaimed.isEmpty()) {
      return unclaimed;
    }
    if (!isWanted
        && !env.getConfiguration().get(StateRecoveryOptions.SAVEPOINT_IGNORE_UNCLAIMED_STATE)) {
      throw new RefusedException(
          "the state in %s is also of operators that this job does not have (%s): configure the tasks, topics or outputs that they are of, or go on without their state with --migrate"
              .formatted(state.get().path(), String.join(", ", unclaimed)));
    }
    env.configure(
        new Configuration().set(StateRecoveryOptions.SAVEPOINT_IGNORE_UNCLAIMED_STATE, true));
    return unclaimed;
  }

  private static Set<OperatorID> operators(StreamExecutionEnvironment env) {
    return new StreamGraphHasherV2()
        .traverseStreamGraphAndGenerateHashes(env.getStreamGraph(false)).values().stream()
            .map(OperatorID::new)
            .collect(Collectors.toSet());
  }
}
