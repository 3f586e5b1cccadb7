package io.freshet.snapshot;

import static java.util.Objects.requireNonNull;

import io.freshet.config.option.Section;
import java.io.Serializable;
import java.time.Duration;

/**
 * What is kept of the versions; {@code maintain.Retention} has the rules.
 *
 * @param fulls the newest fulls that passed the gate, to go back to
 * @param grace how long a version is kept after another took its place: longer than a follower may
 *     be behind, or take to load a full
 * @param branches how long the end of a lineage is kept after its last version, for jobs that start
 *     from a savepoint of it
 */
public record RetentionSettings(int fulls, Duration grace, Duration branches)
    implements Serializable {
  public static final RetentionSettings DEFAULT = Section.defaults(SnapshotOptions::retention);

  public RetentionSettings {
    requireNonNull(grace, "grace");
    requireNonNull(branches, "branches");
    if (fulls < 1) {
      throw new IllegalArgumentException("at least one full is kept, not " + fulls);
    }
  }
}
