package io.freshet.snapshot.maintain;

import io.freshet.snapshot.RetentionSettings;
import io.freshet.snapshot.format.Manifest;
import io.freshet.snapshot.format.Version;
import io.freshet.snapshot.store.Inventory;
import io.freshet.snapshot.store.Pointer;
import io.freshet.snapshot.store.PublicationOrder.Published;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Decides which versions may go. Kept are
 *
 * <ul>
 *   <li>the current version and the pinned one;
 *   <li>those that were current, or might have been, within the grace period: a follower may still
 *       hold one and go on from there, or be about to load it;
 *   <li>the newest version that passed the gate, however many were withheld since, and the newest
 *       such fulls;
 *   <li>the last {@link #RESTORABLE} versions of each lineage that is not too old: a job that is
 *       restored goes on from one of them;
 * </ul>
 *
 * and with each of them the chain that it is loaded by, back to the nearest full. A full that was
 * merged within the grace period does not shorten a chain yet: a follower may have begun to load
 * the longer one.
 */
final class Retention {
  static final int RESTORABLE = 3;

  private final RetentionSettings settings;

  Retention(RetentionSettings settings) {
    this.settings = settings;
  }

  /**
   * What is to be done.
   *
   * @param kept versions that stay
   * @param alone merged fulls whose parents go, so that they are to be no deltas any more
   * @param deleted versions that go, children before their parents
   */
  record Plan(Set<Version> kept, List<Manifest> alone, List<Manifest> deleted) {
    Plan {
      kept = Set.copyOf(kept);
      alone = List.copyOf(alone);
      deleted = List.copyOf(deleted);
    }
  }

  Plan plan(Inventory store, Instant now) {
    Instant limit = now.minus(settings.grace());
    Set<Version> kept = withChains(roots(store, now, limit), store, limit);
    List<Manifest> deleted = new ArrayList<>();
    for (Manifest manifest : parentsFirst(store)) {
      if (!kept.contains(manifest.version())) {
        deleted.add(0, manifest);
      }
    }
    List<Manifest> alone =
        kept.stream()
            .map(store.versions()::get)
            .filter(m -> m.parent().isPresent() && !kept.contains(m.parent().get()))
            .map(m -> store.merged().get(m.version()))
            .filter(full -> full != null)
            .toList();
    return new Plan(kept, alone, deleted);
  }

  private Collection<Manifest> roots(Inventory store, Instant now, Instant limit) {
    Set<Manifest> roots = new HashSet<>();
    List<Published> byAge = store.byAge();
    Map<String, List<Published>> lineages = new HashMap<>();
    int fulls = 0;
    boolean isGoodSeen = false;
    Optional<Instant> replaced = Optional.empty();
    for (int i = byAge.size() - 1; i >= 0; i--) {
      Manifest manifest = byAge.get(i).manifest();
      boolean isCurrentInGrace = replaced.isEmpty() || replaced.get().isAfter(limit);
      boolean isNewestGood = !isGoodSeen && !manifest.isWithheld();
      isGoodSeen |= isNewestGood;
      boolean isToGoBackTo =
          !manifest.isWithheld() && store.isFull(manifest) && fulls++ < settings.fulls();
      boolean isPointed = store.pointed().contains(manifest.version());
      if (isCurrentInGrace || isNewestGood || isToGoBackTo || isPointed) {
        roots.add(manifest);
      }
      lineages
          .computeIfAbsent(manifest.version().lineage(), l -> new ArrayList<>())
          .add(byAge.get(i));
      replaced = Optional.of(byAge.get(i).at());
    }
    for (Pointer.Left left : store.left()) {
      if (left.at().isAfter(limit) && store.versions().containsKey(left.version())) {
        roots.add(store.versions().get(left.version()));
      }
    }
    Instant oldest = now.minus(settings.branches());
    for (List<Published> newestFirst : lineages.values()) {
      if (newestFirst.get(0).at().isAfter(oldest)) {
        newestFirst.stream().limit(RESTORABLE).map(Published::manifest).forEach(roots::add);
      }
    }
    return roots;
  }

  private static Set<Version> withChains(
      Collection<Manifest> roots, Inventory store, Instant limit) {
    Set<Version> kept = new HashSet<>();
    for (Manifest root : roots) {
      Optional<Manifest> next = Optional.of(root);
      // a version kept already may have been reached as a root only: its chain is walked anyway
      while (next.isPresent()) {
        kept.add(next.get().version());
        next = store.wasFull(next.get(), limit) ? Optional.empty() : store.parent(next.get());
      }
    }
    return kept;
  }

  private static List<Manifest> parentsFirst(Inventory store) {
    Set<Version> seen = new HashSet<>();
    List<Manifest> ordered = new ArrayList<>();
    for (Published published : store.byAge()) {
      Deque<Manifest> path = new ArrayDeque<>();
      Optional<Manifest> next = Optional.of(published.manifest());
      while (next.isPresent() && seen.add(next.get().version())) {
        path.push(next.get());
        next = store.parent(next.get());
      }
      ordered.addAll(path);
    }
    return ordered;
  }
}
