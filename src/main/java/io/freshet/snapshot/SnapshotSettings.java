package io.freshet.snapshot;

import static java.util.Objects.requireNonNull;

import io.freshet.config.option.Section;
import java.io.Serializable;

/**
 * Where snapshots go, and what becomes of them there.
 *
 * @param root a URI that Flink's file systems know: {@code file:///…}, {@code s3://…}
 */
public record SnapshotSettings(
    String root, CompactionSettings merge, RetentionSettings retention, GateSettings gate)
    implements Serializable {
  public static final SnapshotSettings DEFAULT = Section.defaults(SnapshotOptions::read);

  public SnapshotSettings {
    requireNonNull(root, "root");
    requireNonNull(merge, "merge");
    requireNonNull(retention, "retention");
    requireNonNull(gate, "gate");
  }

  /** The defaults at a root. */
  public static SnapshotSettings at(String root) {
    return new SnapshotSettings(
        root, CompactionSettings.DEFAULT, RetentionSettings.DEFAULT, GateSettings.DEFAULT);
  }
}
