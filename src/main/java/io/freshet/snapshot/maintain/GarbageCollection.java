package io.freshet.snapshot.maintain;

import io.freshet.snapshot.RetentionSettings;
import io.freshet.snapshot.format.DataFile;
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
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
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
 * <p>A deletion that dies is finished by the next. On a full disk, where {@code prune.json} cannot
 * be written, one version goes without it, and gives the room.
 *
 * <p>{@link Orphans} go too.
 */
public final class GarbageCollection {
  /** After so long without a sign another process's deletion counts as dead. */
  static final Duration PATIENCE = Duration.ofMinutes(10);

  private static final Duration BETWEEN_SIGNS = Duration.ofMinutes(1);

  private final WritableStorage storage;
  private final SnapshotStore store;
  private final Retention retention;
  private final String owner;
  private final InstantSource clock;
  private Instant signed = Instant.MIN;

  /**
   * @param owner names the process that deletes, and no other, the same after a restart
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
    String owner = "process %s (%s)".formatted(ProcessHandle.current().pid(), UUID.randomUUID());
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
    new Orphans(storage).delete(clock.instant());
    List<Manifest> going = plan().deleted();
    if (going.isEmpty()) {
      return List.of();
    }
    List<Version> named = going.stream().map(Manifest::version).toList();
    List<Manifest> deleted = new ArrayList<>();
    try {
      sign(named);
    } catch (IOException e) {
      deleteUnsigned(going.get(0), e);
      deleted.add(going.get(0));
      sign(named);
    }
    Retention.Plan plan = plan(); // the pointers may have moved meanwhile
    for (Manifest full : plan.alone()) {
      standAlone(full);
    }
    for (Manifest manifest : plan.deleted()) {
      if (named.contains(manifest.version())) {
        signAgain(named);
        delete(manifest.version());
        deleted.add(manifest);
      }
    }
    storage.delete(SnapshotStore.PRUNE);
    return deleted;
  }

  private void sign(List<Version> named) throws IOException {
    signed = clock.instant();
    storage.replace(SnapshotStore.PRUNE, FormatJson.write(new Deletion(owner, signed, named)));
  }

  private void signAgain(List<Version> named) throws IOException {
    if (clock.instant().isBefore(signed.plus(BETWEEN_SIGNS))) {
      return;
    }
    Optional<Deletion> now = store.deletion();
    if (!now.map(Deletion::owner).equals(Optional.of(owner))) {
      throw new IOException(
          "another process has taken the deletion of versions in %s over: %s"
              .formatted(storage, now.map(Deletion::owner).orElse("it is over")));
    }
    sign(named);
  }

  /**
   * Hides a version, then looks whether a pointer was moved meanwhile: one that is moved later
   * finds the version gone and goes back.
   */
  private void deleteUnsigned(Manifest going, IOException failure) throws IOException {
    Set<Version> pointed = Inventory.of(store).pointed();
    String path = SnapshotStore.path(going.version(), Manifest.FILE);
    storage.delete(path);
    if (!Inventory.of(store).pointed().equals(pointed)) {
      storage.replace(path, going.toJson());
      throw failure;
    }
    delete(going.version());
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
    Manifest delta = store.manifest(version);
    storage.replace(SnapshotStore.path(version, Manifest.FILE), full.toJson());
    Set<String> kept =
        full.changes().stream().map(DataFile::name).collect(Collectors.toUnmodifiableSet());
    for (DataFile file : delta.changes()) {
      if (!kept.contains(file.name())) {
        storage.delete(SnapshotStore.path(version, file.name()));
      }
    }
    storage.delete(SnapshotStore.path(version, Manifest.MERGED_FILE));
  }
}
