package io.freshet.snapshot.store;

import static java.util.Objects.requireNonNull;

import io.freshet.snapshot.format.Version;
import java.time.Instant;
import java.util.List;

/**
 * What {@code prune.json} says while versions are being deleted, so that no pointer is moved to one
 * of them.
 *
 * @param owner who deletes
 * @param since when it began
 * @param versions children ahead of their parents
 */
public record Deletion(String owner, Instant since, List<Version> versions) {
  public Deletion {
    requireNonNull(owner, "owner");
    requireNonNull(since, "since");
    versions = List.copyOf(versions);
  }
}
