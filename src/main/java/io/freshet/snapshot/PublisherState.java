package io.freshet.snapshot;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Optional;

/**
 * What the publisher keeps in a checkpoint.
 *
 * @param lineage the lineage that versions are published in
 * @param ownUpTo highest checkpoint of the lineage that is surely of this run: versions of the
 *     lineage beyond it, or between the cuts, were published by a run that went on from here before
 * @param published the last version published; the parent of the next
 * @param cuts what is not published yet, ascending; the last is that of the checkpoint itself
 */
record PublisherState(String lineage, long ownUpTo, Optional<Version> published, List<Cut> cuts) {
  PublisherState {
    requireNonNull(lineage, "lineage");
    requireNonNull(published, "published");
    cuts = List.copyOf(cuts);
    if (cuts.isEmpty()) {
      throw new IllegalArgumentException("a state holds at least its own checkpoint's cut");
    }
  }
}
