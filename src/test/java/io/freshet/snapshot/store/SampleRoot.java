package io.freshet.snapshot.store;

import io.freshet.snapshot.format.Version;
import io.freshet.snapshot.publish.PublisherRig;
import java.nio.file.Path;

/** A snapshot root as the publisher leaves it: a full of two rows, and a delta of one on it. */
public final class SampleRoot {
  private SampleRoot() {}

  /** Writes it, and returns the full and the delta. */
  public static Version[] write(Path root) throws Exception {
    try (PublisherRig publisher = PublisherRig.start(root)) {
      publisher.barrier(1, 1, TinyModel.rows(10, 1, 2));
      Version full = publisher.publish(1);
      publisher.watermark(1_767_225_600_000L); // 2026-01-01
      publisher.barrier(2, 2, TinyModel.rows(20, 2));
      return new Version[] {full, publisher.publish(2)};
    }
  }
}
