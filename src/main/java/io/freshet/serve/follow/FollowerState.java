package io.freshet.serve.follow;

import static java.util.Objects.requireNonNull;

import io.freshet.snapshot.format.Version;
import java.time.Instant;
import java.util.Optional;

/**
 * The state of a {@link SnapshotFollower}.
 *
 * @param kind in a word
 * @param served the version that is served; absent before the first
 * @param problem what keeps it from the current version; absent where all is well
 * @param since when that began
 */
public record FollowerState(
    Kind kind, Optional<Version> served, Optional<String> problem, Instant since) {

  /** In a word. */
  public enum Kind {
    /** Nothing has been published yet. */
    WAITING,
    /** The current version is served. */
    CURRENT,
    /** Something is wrong; the model from before, if any, is served on. */
    FAILING
  }

  public FollowerState {
    requireNonNull(kind, "kind");
    requireNonNull(served, "served");
    requireNonNull(problem, "problem");
    requireNonNull(since, "since");
  }
}
