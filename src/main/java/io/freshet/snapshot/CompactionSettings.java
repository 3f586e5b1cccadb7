package io.freshet.snapshot;

import io.freshet.config.option.Section;
import java.io.Serializable;

/**
 * When the publisher merges the chain into a full: as soon as one of both is reached. A share of s
 * means that merging writes 1/s as much again as the deltas, and that a load reads 1 + s fulls.
 *
 * @param share rows in the deltas since the last full, as a share of the full's
 * @param deltas number of deltas since the last full
 */
public record CompactionSettings(double share, int deltas) implements Serializable {
  public static final CompactionSettings DEFAULT = Section.defaults(SnapshotOptions::merge);

  public CompactionSettings {
    if (!(share > 0) || deltas < 1) {
      throw new IllegalArgumentException(
          "merging at a share of %s or %s deltas: both must be above 0".formatted(share, deltas));
    }
  }
}
