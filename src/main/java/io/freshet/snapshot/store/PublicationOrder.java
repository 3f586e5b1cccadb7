package io.freshet.snapshot.store;

import io.freshet.snapshot.format.Manifest;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The order in which versions were published: by checkpoint within a lineage, by clock between
 * lineages. A job that fails over to a machine whose clock is behind goes on with creation times
 * before those of its last versions; in this order a version is as old as the newest before it in
 * its lineage.
 */
public final class PublicationOrder {
  private PublicationOrder() {}

  /** The versions, the oldest publication first, each with its time. */
  public static List<Published> of(Collection<Manifest> versions) {
    Map<String, Instant> newest = new HashMap<>();
    return versions.stream()
        .sorted(Comparator.comparing(Manifest::version))
        .map(
            manifest ->
                new Published(
                    manifest,
                    newest.merge(
                        manifest.version().lineage(),
                        manifest.created(),
                        (before, own) -> own.isAfter(before) ? own : before)))
        .sorted(Comparator.comparing(Published::at).thenComparing(p -> p.manifest().version()))
        .toList();
  }

  /**
   * A version and when it was published.
   *
   * @param at never before that of an earlier version of its lineage
   */
  public record Published(Manifest manifest, Instant at) {}

  /** Whether a version was published after another. */
  static boolean isAfter(Manifest version, Manifest other) {
    return version.version().lineage().equals(other.version().lineage())
        ? version.version().checkpoint() > other.version().checkpoint()
        : version.created().isAfter(other.created());
  }
}
