package io.freshet.cli.snapshot;

import io.freshet.snapshot.format.Version;
import java.io.IOException;
import java.util.Optional;
import picocli.CommandLine.Parameters;

/** The root that a command works on, and the version there, or the current one. */
final class VersionArgument extends RootArgument {
  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "VERSION",
      converter = SnapshotRoot.VersionConverter.class,
      description = "The version; the current one by default.")
  private Version version;

  Optional<Version> given() {
    return Optional.ofNullable(version);
  }

  /**
   * The version that is meant.
   *
   * @throws IOException when none was given and there is no current one
   */
  Version version() throws IOException {
    return root().orLatest(version);
  }
}
