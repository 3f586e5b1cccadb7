package io.freshet.job.state;

import java.io.DataInputStream;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.runtime.checkpoint.Checkpoints;
import org.apache.flink.runtime.checkpoint.OperatorState;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.jobgraph.OperatorID;
import org.apache.flink.runtime.state.CompletedCheckpointStorageLocation;
import org.apache.flink.runtime.state.filesystem.AbstractFsCheckpointStorageAccess;

/** A savepoint or checkpoint: whose state it holds. */
public final class SavedState {
  private final String path;
  private final Collection<OperatorState> operators;

  private SavedState(String path, Collection<OperatorState> operators) {
    this.path = path;
    this.operators = operators;
  }

  /**
   * Reads the metadata of a state.
   *
   * @throws IOException where it cannot be read
   */
  public static SavedState at(String path) throws IOException {
    CompletedCheckpointStorageLocation location =
        AbstractFsCheckpointStorageAccess.resolveCheckpointPointer(path);
    try (DataInputStream in = new DataInputStream(location.getMetadataHandle().openInputStream())) {
      return new SavedState(
          path,
          Checkpoints.loadCheckpointMetadata(
                  in, SavedState.class.getClassLoader(), location.getExternalPointer())
              .getOperatorStates());
    }
  }

  /**
   * Reads that of the state which a job starts from; nothing where it starts without.
   *
   * @throws IOException where it cannot be read
   */
  public static Optional<SavedState> of(ReadableConfig flink) throws IOException {
    Optional<String> path = flink.getOptional(StateRecoveryOptions.SAVEPOINT_PATH);
    return path.isPresent() ? Optional.of(at(path.get())) : Optional.empty();
  }

  String path() {
    return path;
  }

  /** Whether it has that of an operator. */
  public boolean has(String uid) {
    return operators.stream()
        .anyMatch(state -> state.getOperatorUid().filter(uid::equals).isPresent());
  }

  /** The names of its operators, of those that have one. */
  public Stream<String> operatorNames() {
    return operators.stream().map(OperatorState::getOperatorName).flatMap(Optional::stream);
  }

  /**
   * That of the keyed operators; some sinks have parts that are fixed at 1.
   *
   * @throws IOException where it holds no state
   */
  public int maxParallelism() throws IOException {
    return operators.stream()
        .mapToInt(OperatorState::getMaxParallelism)
        .max()
        .orElseThrow(() -> new IOException("it holds no state"));
  }

  /** The operators, by their uids, that have state here and are none of these. */
  List<String> without(Set<OperatorID> others) {
    return operators.stream()
        .filter(state -> !others.contains(state.getOperatorID()) && hasState(state))
        .map(SavedState::name)
        .sorted()
        .toList();
  }

  private static boolean hasState(OperatorState operator) {
    return operator.getCoordinatorState() != null
        || operator.getStates().stream().anyMatch(OperatorSubtaskState::hasState);
  }

  private static String name(OperatorState operator) {
    return operator
        .getOperatorUid()
        .or(operator::getOperatorName)
        .orElseGet(() -> operator.getOperatorID().toString());
  }
}
