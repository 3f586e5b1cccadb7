package io.freshet.cli.snapshot;

import picocli.CommandLine.Parameters;

/** The root that a command works on; picocli wants positions from 0 in every mixin. */
class RootArgument {
  @Parameters(
      index = "0",
      paramLabel = "ROOT",
      converter = SnapshotRoot.Converter.class,
      description = "The snapshot root: a folder, or a URI such as s3://bucket/snapshots.")
  private SnapshotRoot root;

  final SnapshotRoot root() {
    return root;
  }
}
