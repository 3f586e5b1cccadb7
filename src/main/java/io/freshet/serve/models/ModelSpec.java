package io.freshet.serve.models;

import static java.util.Objects.requireNonNull;

import io.freshet.snapshot.format.Version;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What a model of a server is made of.
 *
 * @param name by which requests call it; the snapshots' own where absent
 * @param root of the snapshots
 * @param disk where the rows lie; on the heap where absent
 * @param version that is served whatever the pointer says; the current one where absent
 */
public record ModelSpec(
    Optional<String> name, String root, Optional<Disk> disk, Optional<Version> version) {

  /**
   * Rows in RocksDB.
   *
   * @param folder of this model alone
   * @param memory in bytes, outside the heap
   */
  public record Disk(Path folder, long memory) {
    public Disk {
      requireNonNull(folder, "folder");
    }
  }

  public ModelSpec {
    requireNonNull(name, "name");
    requireNonNull(root, "root");
    requireNonNull(disk, "disk");
    requireNonNull(version, "version");
  }

  /** The same model, whatever version is pinned: what has to be loaded for it. */
  ModelSpec unpinned() {
    return new ModelSpec(name, root, disk, Optional.empty());
  }
}
