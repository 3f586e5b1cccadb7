package io.freshet.snapshot;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves {@code latest.json}, which says what the current version is, and {@code pin.json}, which
 * holds it in place. Each is replaced atomically.
 *
 * <p>A publication and a person may move the pointer at the same time, so whoever moved it looks
 * again: a publication, whether there is a pin by now, which it then restores; an unpinning,
 * whether something newer was published. The last word is thus the pin's, or the newest version's.
 */
public final class Pointer {
  private static final Logger LOG = LoggerFactory.getLogger(Pointer.class);

  private final WritableStorage storage;
  private final SnapshotStore store;
  private final InstantSource clock;

  Pointer(WritableStorage storage, InstantSource clock) {
    this.storage = requireNonNull(storage, "storage");
    this.clock = requireNonNull(clock, "clock");
    store = new SnapshotStore(storage);
  }

  /** The pointer of a local root. */
  public static Pointer of(LocalStorage storage) {
    return new Pointer(storage, InstantSource.system());
  }

  /** Makes a version that was just published the current one, unless another is pinned. */
  void published(Manifest manifest) throws IOException {
    Optional<Pin> pin = store.pin();
    if (pin.isEmpty()) {
      write(manifest, Optional.empty());
      pin = store.pin();
    }
    if (pin.isPresent()) {
      Version held = pin.get().version();
      LOG.info("{} is published; {} stays current, pinned", manifest.version(), held);
      write(store.manifest(held), Optional.of(pin.get().reason()));
    }
  }

  /** As {@link #published}, unless a newer version or a person has moved the pointer since. */
  void finish(Manifest manifest) throws IOException {
    Optional<Version> latest = store.latest();
    if (latest.isEmpty()
        || store.reason().isEmpty()
            && !store.manifest(latest.get()).created().isAfter(manifest.created())) {
      published(manifest);
    }
  }

  /**
   * Makes a version the current one, until the next publication.
   *
   * @throws IOException also where the version is not there, or another is pinned
   */
  public void rollBack(Version version, String reason) throws IOException {
    Manifest manifest = store.manifest(version);
    Optional<Pin> pin = store.pin();
    if (pin.isPresent()) {
      throw new IOException(
          "version %s is pinned: %s; unpin it first"
              .formatted(pin.get().version(), pin.get().reason()));
    }
    write(manifest, Optional.of(reason));
  }

  /**
   * Makes a version the current one, and keeps it so.
   *
   * @throws IOException also where the version is not there
   */
  public void pin(Version version, String reason) throws IOException {
    Manifest manifest = store.manifest(version);
    ObjectNode pin = JsonNodeFactory.instance.objectNode();
    pin.put("format", Manifest.FORMAT).put("version", version.toString());
    pin.put("reason", reason).put("since", clock.instant().toString());
    storage.replace(SnapshotStore.PIN, ManifestJson.bytes(pin));
    write(manifest, Optional.of(reason));
  }

  /** Lets the pointer go, and makes the version published last the current one. */
  public Version unpin(String reason) throws IOException {
    storage.delete(SnapshotStore.PIN);
    Manifest newest = newest();
    for (Version before = null; !newest.version().equals(before); newest = newest()) {
      write(newest, Optional.of(reason));
      before = newest.version();
    }
    return newest.version();
  }

  private Manifest newest() throws IOException {
    Optional<Manifest> newest = Optional.empty();
    Comparator<Manifest> age =
        Comparator.comparing(Manifest::created).thenComparing(Manifest::version);
    for (Version version : store.versions()) {
      Manifest manifest = store.manifest(version);
      newest = newest.filter(m -> age.compare(m, manifest) > 0).or(() -> Optional.of(manifest));
    }
    return newest.orElseThrow(() -> new IOException("there are no versions in " + storage));
  }

  private void write(Manifest manifest, Optional<String> reason) throws IOException {
    ObjectNode latest = JsonNodeFactory.instance.objectNode();
    latest.put("format", Manifest.FORMAT);
    latest.put("name", manifest.name());
    latest.put("version", manifest.version().toString());
    manifest.eventTime().ifPresent(time -> latest.put("event_time", time.toString()));
    latest.put("created", manifest.created().toString());
    reason.ifPresent(text -> latest.put("reason", text));
    storage.replace(SnapshotStore.LATEST, ManifestJson.bytes(latest));
  }
}
