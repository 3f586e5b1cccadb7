package io.freshet.cli.snapshot;

import io.freshet.snapshot.format.Version;
import java.io.IOException;
import java.util.Optional;
import picocli.CommandLine.Parameters;

/** A command that works on one version of a root. */
abstract class VersionCommand extends RootCommand {
  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "VERSION",
      converter = SnapshotRoot.VersionConverter.class,
      description = "The version; the current one by default.")
  private Version version;

  final Optional<Version> given() {
    return Optional.ofNullable(version);
  }

  /**
   * The given version, or the current one.
   *
   * @throws IOException when none was given and there is no current one
   */
  final Version version() throws IOException {
    return root().orLatest(version);
  }
}
