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

/** Lets the current version follow the publications again. */
@Command(
    name = "unpin",
    mixinStandardHelpOptions = true,
    description = {"Removes the pin and makes the version published last the current one."},
    footer = {
      "",
      "Example:",
      "  java -jar freshet.jar snapshot unpin --reason \"the sale is over\" \\",
      "      /var/lib/freshet/snapshots",
      "",
      "Exit codes: 0 done, 1 failed, 2 wrong usage."
    })
final class UnpinCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(
      index = "0",
      paramLabel = "ROOT",
      converter = SnapshotRoot.Converter.class,
      description = "The snapshot root: a folder or a file: URI.")
  private SnapshotRoot root;

  @Option(
      names = "--reason",
      required = true,
      paramLabel = "TEXT",
      description = "Why; it is written beside the pointer.")
  private String reason;

  @Override
  public Integer call() throws IOException {
    Version version = root.pointer().unpin(reason);
    PrintWriter out = spec.commandLine().getOut();
    out.println("current: " + version);
    out.flush();
    return 0;
  }
}
