package io.freshet.job.pipeline;

import io.freshet.job.state.SavedState;
import io.freshet.train.RefusedException;
import java.io.IOException;
import java.util.Optional;

/**
 * The learner whose state a checkpoint or savepoint holds: the name of one operator says it, as
 * Flink keeps the names of operators with their state.
 */
public final class StateOwner {
  private static final String PREFIX = "state of learner ";

  private StateOwner() {}

  /** The name of the operator that says it. */
  static String operatorName(String learner) {
    return PREFIX + learner;
  }

  /**
   * The learner; nothing in the state of versions that did not say it.
   *
   * @throws IOException where the state cannot be read
   */
  public static Optional<String> of(String path) throws IOException {
    return SavedState.at(path)
        .operatorNames()
        .filter(name -> name.startsWith(PREFIX))
        .map(name -> name.substring(PREFIX.length()))
        .findFirst();
  }

  /**
   * Refuses the state of another learner.
   *
   * @throws IOException where the state cannot be read
   */
  static void check(String path, String learner) throws IOException {
    Optional<String> owner = of(path).filter(name -> !name.equals(learner));
    if (owner.isPresent()) {
      throw new RefusedException(
          "the state in %s is of learner %s, this is %s: give each its own name and checkpoint.dir, or, to go on from the other's state, name it with --restore"
              .formatted(path, owner.get(), learner));
    }
  }
}
