package io.freshet.snapshot.maintain;

import io.freshet.snapshot.CompactionSettings;
import io.freshet.snapshot.format.Manifest;
import io.freshet.snapshot.format.Version;
import io.freshet.snapshot.store.SnapshotReader;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * Knows how long the chain has grown since its last full.
 *
 * <p>Not thread-safe.
 */
final class CompactionPolicy {
  private final CompactionSettings settings;
  private final SnapshotReader reader;
  private Optional<Version> tip = Optional.empty();
  private long fullRows;
  private long rows;
  private int deltas;

  CompactionPolicy(CompactionSettings settings, SnapshotReader reader) {
    this.settings = settings;
    this.reader = reader;
  }

  /** Whether the chain that ends with a version is to be merged. */
  boolean isDue(Manifest newest) throws IOException {
    if (tip.isPresent() && newest.parent().equals(tip)) {
      rows += newest.rows();
      deltas++;
    } else if (!tip.equals(Optional.of(newest.version()))) {
      measure(reader.chain(newest.version(), Optional.empty()));
    }
    tip = Optional.of(newest.version());
    return deltas > 0 && (deltas >= settings.deltas() || rows >= settings.share() * fullRows);
  }

  /** Notes that the tip is a full now. */
  void merged(Manifest full) {
    measure(List.of(full));
  }

  private void measure(List<Manifest> chain) {
    fullRows = chain.get(0).rows();
    deltas = chain.size() - 1;
    rows = chain.stream().skip(1).mapToLong(Manifest::rows).sum();
  }
}
