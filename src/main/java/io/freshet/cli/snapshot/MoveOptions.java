package io.freshet.cli.snapshot;

import io.freshet.snapshot.format.Version;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The root whose pointer is moved, and to where. */
final class MoveOptions extends RootArgument {
  @Parameters(
      index = "1",
      paramLabel = "VERSION",
      converter = SnapshotRoot.VersionConverter.class,
      description = "The version.")
  private Version version;

  @Option(
      names = "--even-if-withheld",
      description = "Take a version that the gate has withheld, too.")
  private boolean evenIfWithheld;

  Version version() {
    return version;
  }

  boolean isEvenIfWithheld() {
    return evenIfWithheld;
  }
}
