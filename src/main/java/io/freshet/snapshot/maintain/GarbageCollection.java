package io.freshet.snapshot.maintain;

import io.freshet.snapshot.RetentionSettings;
import io.freshet.snapshot.format.FormatJson;
import io.freshet.snapshot.format.Manifest;
import io.freshet.snapshot.format.Version;
import io.freshet.snapshot.storage.WritableStorage;
import io.freshet.snapshot.store.Deletion;
import io.freshet.snapshot.store.Inventory;
import io.freshet.snapshot.store.Pointer;
import io.freshet.snapshot.store.SnapshotStore;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Deletes versions that {@link Retention} lets go, in an order that leaves no broken chain:
 * children before parents, of each version the manifest first, after which it does not exist.
 *
 * <p>A merged full whose parents go takes the place of its delta: its manifest replaces the delta's
 * in one step, before any parent is touched.
 *
 * <p>A person may point to a version at the same time. So the versions that are to go are named in
 * {@code prune.json} first, and then the pointers are read again; a move of a pointer does it the
 * other way round ({@link Pointer}). One of the two sees the other.
 *
 * <p>A deletion that dies is finished by the next.
 */
public final class GarbageCollection {
  /** After so long another process's deletion counts as dead. */
  static final Duration PATIENCE = Duration.ofMinutes(10);

  private final WritableStorage storage;
  private final SnapshotStore store;
  private final Retention retention;
  private final String owner;
  private final InstantSource clock;

  /**
   * @param owner names the process that deletes, the same after a restart
   */
  GarbageCollection(
      WritableStorage storage, RetentionSettings settings, String owner, InstantSource clock) {
    this.storage = storage;
    this.store = new SnapshotStore(storage);
    this.retention = new Retention(settings);
    this.owner = owner;
    this.clock = clock;
  }

  /** Deletes in a root. */
  public static GarbageCollection of(WritableStorage storage, RetentionSettings settings) {
    String owner = "process " + ProcessHandle.current().pid();
    return new GarbageCollection(storage, settings, owner, InstantSource.system());
  }

  /** What would be deleted now, children before their parents. */
  public List<Manifest> preview() throws IOException {
    return plan().deleted();
  }

  /**
   * Deletes what may go.
   *
   * @return what was deleted
   * @throws IOException also where another deletion is under way
   */
  public List<Manifest> run() throws IOException {
    Optional<Deletion> before = store.deletion();
    if (before.isPresent()) {
      refuseWhereAlive(before.get());
      finish(before.get());
    }
    List<Version> named = plan().deleted().stream().map(Manifest::version).toList();
    if (named.isEmpty()) {
      return List.of();
    }
    storage.replace(
        SnapshotStore.PRUNE, FormatJson.write(new Deletion(owner, clock.instant(), named)));
    Retention.Plan plan = plan(); // the pointers may have moved meanwhile
    for (Manifest full : plan.alone()) {
      standAlone(full);
    }
    List<Manifest> deleted = new ArrayList<>();
    for (Manifest manifest : plan.deleted()) {
      if (named.contains(manifest.version())) {
        delete(manifest.version());
        deleted.add(manifest);
      }
    }
    storage.delete(SnapshotStore.PRUNE);
    return deleted;
  }

  private Retention.Plan plan() throws IOException {
    return retention.plan(Inventory.of(store), clock.instant());
  }

  private void refuseWhereAlive(Deletion other) throws IOException {
    Instant end = other.since().plus(PATIENCE);
    if (!other.owner().equals(owner) && clock.instant().isBefore(end)) {
      throw new IOException(
          "%s has been deleting versions since %s; wait until it is done, or until %s"
              .formatted(other.owner(), other.since(), end));
    }
  }

  /** Clears away what a broken deletion has left of versions that are none any more. */
  private void finish(Deletion broken) throws IOException {
    for (Version version : broken.versions()) {
      if (!store.contains(version)) {
        delete(version);
      }
    }
    storage.delete(SnapshotStore.PRUNE);
  }

  private void delete(Version version) throws IOException {
    storage.delete(SnapshotStore.path(version, Manifest.FILE));
    for (String name : storage.list(version.toString())) {
      storage.delete(version + "/" + name);
    }
    storage.delete(version.toString());
  }

  private void standAlone(Manifest full) throws IOException {
    Version version = full.version();
    storage.replace(SnapshotStore.path(version, Manifest.FILE), full.toJson());
    Set<String> named =
        full.embeddings().stream()
            .map(Manifest.EmbeddingFile::name)
            .collect(Collectors.toCollection(HashSet::new));
    named.add(full.dense().name());
    named.add(Manifest.FILE);
    for (String name : storage.list(version.toString())) {
      if (!named.contains(name)) {
        storage.delete(version + "/" + name);
      }
    }
  }
}
