package io.freshet.cli.snapshot;

import io.freshet.snapshot.Version;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Makes an older version the current one. */
@Command(
    name = "rollback",
    mixinStandardHelpOptions = true,
    description = {
      "Makes a version the current one, until the next publication;",
      "to keep it for longer, pin it."
    },
    footer = {
      "",
      "Example:",
      "  java -jar freshet.jar snapshot rollback --reason \"calibration is off\" \\",
      "      /var/lib/freshet/snapshots 3f9a1c07-0000000012",
      "",
      "Exit codes: 0 done, 1 failed, 2 wrong usage."
    })
final class RollbackCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(
      index = "0",
      paramLabel = "ROOT",
      converter = SnapshotRoot.Converter.class,
      description = "The snapshot root: a folder or a file: URI.")
  private SnapshotRoot root;

  @Parameters(
      index = "1",
      paramLabel = "VERSION",
      converter = SnapshotRoot.VersionConverter.class,
      description = "The version.")
  private Version version;

  @Option(
      names = "--reason",
      required = true,
      paramLabel = "TEXT",
      description = "Why; it is written beside the pointer.")
  private String reason;

  @Override
  public Integer call() throws IOException {
    root.pointer().rollBack(version, reason);
    PrintWriter out = spec.commandLine().getOut();
    out.println("current: " + version);
    out.flush();
    return 0;
  }
}
