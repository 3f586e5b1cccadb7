package io.freshet.snapshot.store;

import io.freshet.snapshot.format.Manifest;
import io.freshet.snapshot.format.Version;
import io.freshet.snapshot.store.PublicationOrder.Published;
import java.io.IOException;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * All versions of a store at one moment.
 *
 * @param versions what each is
 * @param merged deltas that are fulls as well, as fulls
 * @param pointed the current version, and the pinned one
 * @param left versions that a person has moved the pointer from
 */
public record Inventory(
    Map<Version, Manifest> versions,
    Map<Version, Manifest> merged,
    Set<Version> pointed,
    List<Pointer.Left> left) {
  public Inventory {
    versions = Map.copyOf(versions);
    merged = Map.copyOf(merged);
    pointed = Set.copyOf(pointed);
    left = List.copyOf(left);
  }

  /**
   * Reads it.
   *
   * @throws IOException also where one manifest cannot be read: what it needs is unknown then
   */
  public static Inventory of(SnapshotStore store) throws IOException {
    Map<Version, Manifest> versions = new HashMap<>();
    Map<Version, Manifest> merged = new HashMap<>();
    for (Version version : store.versions()) {
      versions.put(version, store.manifest(version));
      store.merged(version).ifPresent(full -> merged.put(version, full));
    }
    // after the versions: one that is pointed to from now on is seen
    Set<Version> pointed = new HashSet<>();
    store.latest().ifPresent(pointed::add);
    store.pin().map(Pin::version).ifPresent(pointed::add);
    return new Inventory(
        versions, merged, pointed, store.pointer().map(Latest::left).orElse(List.of()));
  }

  /** Every version, the oldest publication first. */
  public List<Published> byAge() {
    return PublicationOrder.of(versions.values());
  }

  public Optional<Manifest> parent(Manifest manifest) {
    return manifest.parent().map(versions::get);
  }

  /** Whether the version was a full at a time already. */
  public boolean wasFull(Manifest manifest, Instant time) {
    Manifest full = merged.getOrDefault(manifest.version(), manifest);
    return full.kind() == Manifest.Kind.FULL
        && full.merged().filter(when -> when.isAfter(time)).isEmpty();
  }

  public boolean isFull(Manifest manifest) {
    return manifest.kind() == Manifest.Kind.FULL || merged.containsKey(manifest.version());
  }
}
