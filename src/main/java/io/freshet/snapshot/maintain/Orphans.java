package io.freshet.snapshot.maintain;

import io.freshet.snapshot.format.DataFile;
import io.freshet.snapshot.format.Manifest;
import io.freshet.snapshot.format.Version;
import io.freshet.snapshot.storage.WritableStorage;
import io.freshet.snapshot.store.SnapshotStore;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Files of versions that no manifest names: of merges that died, and of publications that were
 * given up. They go when they are older than {@link #KEPT}. A version without a manifest may still
 * be under way until its lineage has a later one that is complete; where the lineage ended with it,
 * as that of a killed run, it goes once its folder has not been touched for as long: a publication
 * writes its files again at each attempt.
 */
final class Orphans {
  static final Duration KEPT = Duration.ofDays(7);
  private static final String DATA = ".safetensors";

  private final WritableStorage storage;
  private final SnapshotStore store;

  Orphans(WritableStorage storage) {
    this.storage = storage;
    this.store = new SnapshotStore(storage);
  }

  void delete(Instant now) throws IOException {
    List<Version> complete = store.versions();
    Instant limit = now.minus(KEPT);
    for (String folder : storage.list("")) {
      Version version = Version.parse(folder).orElse(null);
      if (version == null) {
        continue;
      }
      if (complete.contains(version)) {
        deleteUnnamed(version, limit);
      } else if (complete.stream().anyMatch(other -> isAfter(other, version))
          || isUntouchedSince(limit, folder)) {
        deleteIncomplete(folder, limit);
      }
    }
  }

  private static boolean isAfter(Version other, Version version) {
    return other.lineage().equals(version.lineage()) && other.checkpoint() > version.checkpoint();
  }

  /** The folder counts too: a file that is linked into it may be older. */
  private boolean isUntouchedSince(Instant limit, String folder) throws IOException {
    boolean untouched = storage.modified(folder).isBefore(limit);
    for (String name : storage.list(folder)) {
      untouched &= storage.modified(folder + "/" + name).isBefore(limit);
    }
    return untouched;
  }

  private void deleteUnnamed(Version version, Instant limit) throws IOException {
    Set<String> named = new HashSet<>();
    addFiles(store.manifest(version), named);
    store.merged(version).ifPresent(full -> addFiles(full, named));
    for (String name : storage.list(version.toString())) {
      if (name.endsWith(DATA) && !named.contains(name)) {
        deleteIfOld(version + "/" + name, limit);
      }
    }
  }

  private static void addFiles(Manifest manifest, Set<String> named) {
    manifest.changes().stream().map(DataFile::name).forEach(named::add);
    named.add(manifest.dense().name());
  }

  private void deleteIncomplete(String folder, Instant limit) throws IOException {
    for (String name : storage.list(folder)) {
      deleteIfOld(folder + "/" + name, limit);
    }
    if (storage.list(folder).isEmpty()) {
      storage.delete(folder);
    }
  }

  private void deleteIfOld(String path, Instant limit) throws IOException {
    if (storage.modified(path).isBefore(limit)) {
      storage.delete(path);
    }
  }
}
