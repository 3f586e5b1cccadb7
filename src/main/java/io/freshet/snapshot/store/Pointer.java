package io.freshet.snapshot.store;

import static java.util.Objects.requireNonNull;

import io.freshet.snapshot.format.FormatJson;
import io.freshet.snapshot.format.Manifest;
import io.freshet.snapshot.format.Version;
import io.freshet.snapshot.storage.LostException;
import io.freshet.snapshot.storage.WritableStorage;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves {@code latest.json}, which says what the current version is, and {@code pin.json}, which
 * holds it in place. Each is replaced atomically.
 *
 * <p>A publication and a person may move the pointer at the same time, so each looks again after
 * its move: a publication, whether there is another pin by now, or none; an unpinning, whether
 * something newer was published. So the pin wins, or the newest version.
 */
public final class Pointer {
  private static final Logger LOG = LoggerFactory.getLogger(Pointer.class);

  private static final int LEFT = 16;

  private final WritableStorage storage;
  private final SnapshotStore store;
  private final InstantSource clock;

  /**
   * A version that the pointer has left by a person's doing: followers may be on it still.
   *
   * @param at when
   */
  public record Left(Version version, Instant at) {}

  public Pointer(WritableStorage storage, InstantSource clock) {
    this.storage = requireNonNull(storage, "storage");
    this.clock = requireNonNull(clock, "clock");
    store = new SnapshotStore(storage);
  }

  /** The pointer of a root. */
  public static Pointer of(WritableStorage storage) {
    return new Pointer(storage, InstantSource.system());
  }

  /**
   * Makes a version that was just published the current one, unless it is withheld or another is
   * pinned.
   */
  public void published(Manifest manifest) throws IOException {
    if (manifest.isWithheld()) {
      return;
    }
    Optional<Pin> seen;
    Optional<Pin> pin = store.pin();
    do {
      seen = pin;
      if (seen.isPresent()) {
        Version held = seen.get().version();
        LOG.info("{} is published; {} stays current, pinned", manifest.version(), held);
        write(store.manifest(held), Optional.of(seen.get().reason()));
      } else {
        write(manifest, Optional.empty());
      }
      pin = store.pin();
    } while (!pin.equals(seen));
  }

  /** As {@link #published}, unless a newer version or a person has moved the pointer since. */
  public void finish(Manifest manifest) throws IOException {
    Optional<Latest> latest = pointer();
    if (latest.isEmpty()
        || latest.get().reason().isEmpty() && !isAfter(latest.get().version(), manifest)) {
      published(manifest);
    }
  }

  private boolean isAfter(Version current, Manifest manifest) throws IOException {
    try {
      return PublicationOrder.isAfter(store.manifest(current), manifest);
    } catch (LostException e) {
      LOG.warn("the current version cannot be read and is replaced", e);
      return false;
    }
  }

  /**
   * Makes a version the current one, until the next publication.
   *
   * @param evenIfWithheld whether it may be one that the gate has withheld
   * @throws IOException also where the version is not there whole, or another is pinned
   */
  public void rollBack(Version version, String reason, boolean evenIfWithheld) throws IOException {
    Manifest manifest = loadable(version, evenIfWithheld);
    Optional<Pin> pin = store.pin();
    if (pin.isPresent()) {
      throw new IOException(
          "version %s is pinned: %s; unpin it first"
              .formatted(pin.get().version(), pin.get().reason()));
    }
    Optional<Latest> before = pointer();
    write(manifest, Optional.of(reason));
    undoWhereGoing(version, () -> pointBack(before));
  }

  /**
   * Makes a version the current one, and keeps it so.
   *
   * @param evenIfWithheld whether it may be one that the gate has withheld
   * @throws IOException also where the version is not there whole
   */
  public void pin(Version version, String reason, boolean evenIfWithheld) throws IOException {
    Manifest manifest = loadable(version, evenIfWithheld);
    Optional<Pin> pinBefore = store.pin();
    Optional<Latest> before = pointer();
    write(new Pin(version, reason, clock.instant()));
    write(manifest, Optional.of(reason));
    undoWhereGoing(
        version,
        () -> {
          if (pinBefore.isPresent()) {
            write(pinBefore.get());
          } else {
            storage.delete(SnapshotStore.PIN);
          }
          pointBack(before);
        });
  }

  /**
   * Lets the pointer go, and makes the version published last, of those that passed the gate, the
   * current one.
   */
  public Version unpin(String reason) throws IOException {
    storage.delete(SnapshotStore.PIN);
    Manifest newest = newest();
    for (Version before = null; !newest.version().equals(before); newest = newest()) {
      write(newest, Optional.of(reason));
      before = newest.version();
    }
    return newest.version();
  }

  /** What the pointer names; nothing where it cannot be read, for then it is to be mended. */
  private Optional<Latest> pointer() {
    try {
      return store.pointer();
    } catch (IOException e) {
      LOG.warn("the pointer cannot be read and is written again", e);
      return Optional.empty();
    }
  }

  /** What the pointer will have left by a person's doing, the last few times. */
  private List<Left> left(Version next, Optional<String> reason) {
    Optional<Latest> before = pointer();
    if (before.isEmpty()) {
      return List.of();
    }
    List<Left> left = new ArrayList<>(before.get().left());
    boolean isMoved = !before.get().version().equals(next);
    if (isMoved && (reason.isPresent() || before.get().reason().isPresent())) {
      left.add(new Left(before.get().version(), clock.instant()));
    }
    return left.subList(Math.max(0, left.size() - LEFT), left.size());
  }

  private Manifest loadable(Version version, boolean evenIfWithheld) throws IOException {
    Manifest manifest = store.manifest(version);
    if (manifest.isWithheld() && !evenIfWithheld) {
      throw new IOException(
          "version %s is withheld: %s".formatted(version, String.join("; ", manifest.withheld())));
    }
    refuseWhereGoing(version);
    return manifest;
  }

  private interface Undo {
    void run() throws IOException;
  }

  private void undoWhereGoing(Version version, Undo undo) throws IOException {
    boolean stays = false;
    try {
      refuseWhereGoing(version);
      stays = true;
    } finally {
      if (!stays) {
        undo.run();
      }
    }
  }

  /** Refuses a version that is being deleted, or that needs one which is, or which is gone. */
  private void refuseWhereGoing(Version version) throws IOException {
    List<Version> going = store.deletion().map(Deletion::versions).orElse(List.of());
    List<Manifest> chain = new SnapshotReader(store).chain(version, Optional.empty());
    if (chain.stream().map(Manifest::version).anyMatch(going::contains)) {
      throw new IOException(
          "version %s is being deleted, or one that it needs; take a newer one".formatted(version));
    }
  }

  private void pointBack(Optional<Latest> before) throws IOException {
    if (before.isPresent()) {
      write(store.manifest(before.get().version()), before.get().reason());
    } else {
      storage.delete(SnapshotStore.LATEST);
    }
  }

  private Manifest newest() throws IOException {
    List<Manifest> all = new ArrayList<>();
    for (Version version : store.versions()) {
      all.add(store.manifest(version));
    }
    return PublicationOrder.of(all).stream()
        .map(PublicationOrder.Published::manifest)
        .filter(manifest -> !manifest.isWithheld())
        .reduce((older, newer) -> newer)
        .orElseThrow(
            () -> new IOException("there is no version in " + storage + " that passed the gate"));
  }

  private void write(Pin pin) throws IOException {
    storage.replace(SnapshotStore.PIN, FormatJson.write(pin));
  }

  private void write(Manifest manifest, Optional<String> reason) throws IOException {
    List<Left> left = left(manifest.version(), reason);
    storage.replace(SnapshotStore.LATEST, FormatJson.write(Latest.of(manifest, reason, left)));
  }
}
