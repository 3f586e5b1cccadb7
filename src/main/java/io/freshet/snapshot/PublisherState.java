package io.freshet.snapshot;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Optional;

/**
 * What the publisher keeps in a checkpoint.
 *
 * @param lineage the lineage that versions are published in
 * @param run the job that publishes in it; a job that starts from this state is another, and takes
 *     a lineage of its own
 * @param ownUpTo highest checkpoint of the lineage that is surely of this run: versions of the
 *     lineage beyond it, or between the cuts, were published by a run that went on from here before
 * @param published the last version published; the parent of the next
 * @param cuts what is not published yet, ascending; the last is that of the checkpoint itself
 * @param windows what the gate judges by, oldest first
 */
record PublisherState(
    String lineage,
    String run,
    long ownUpTo,
    Optional<Version> published,
    List<Cut> cuts,
    List<Announcement.Window> windows) {
  PublisherState {
    requireNonNull(lineage, "lineage");
    requireNonNull(run, "run");
    requireNonNull(published, "published");
    cuts = List.copyOf(cuts);
    windows = List.copyOf(windows);
    if (cuts.isEmpty()) {
      throw new IllegalArgumentException("a state holds at least its own checkpoint's cut");
    }
  }
}
