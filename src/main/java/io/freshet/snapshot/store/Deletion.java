package io.freshet.snapshot.store;

import static java.util.Objects.requireNonNull;

import io.freshet.snapshot.format.Version;
import java.time.Instant;
import java.util.List;

/**
 * The contents of {@code prune.json} while versions are being deleted, so that no pointer is moved
 * to one of them.
 *
 * @param owner the process that deletes
 * @param since when it began
 * @param versions children before their parents
 */
public record Deletion(String owner, Instant since, List<Version> versions) {
  public Deletion {
    requireNonNull(owner, "owner");
    requireNonNull(since, "since");
    versions = List.copyOf(versions);
  }
}
