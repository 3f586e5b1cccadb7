package io.freshet.snapshot;

import static java.util.Objects.requireNonNull;

/**
 * Where snapshots go.
 *
 * @param root a URI that Flink's file systems know: {@code file:///…}, {@code s3://…}
 */
public record SnapshotSettings(String root) {
  public static final SnapshotSettings DEFAULT =
      new SnapshotSettings("file:///var/lib/freshet/snapshots");

  public SnapshotSettings {
    requireNonNull(root, "root");
  }
}
