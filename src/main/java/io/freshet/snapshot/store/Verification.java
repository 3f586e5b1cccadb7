package io.freshet.snapshot.store;

import static java.util.Objects.requireNonNull;

import io.freshet.snapshot.format.Version;
import java.util.List;

/**
 * What {@link SnapshotReader#verify} found.
 *
 * @param version the version that was asked about
 * @param versions those that were looked at: the version and what it is built on, newest first
 * @param files files that were read
 * @param problems every problem, one line each, with the file's path; none where all is well
 */
public record Verification(
    Version version, List<Version> versions, int files, List<String> problems) {
  public Verification {
    requireNonNull(version, "version");
    versions = List.copyOf(versions);
    problems = List.copyOf(problems);
  }

  boolean isSound() {
    return problems.isEmpty();
  }
}
