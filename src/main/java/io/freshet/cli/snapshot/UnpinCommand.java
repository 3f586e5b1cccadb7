package io.freshet.cli.snapshot;

import io.freshet.snapshot.format.Version;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
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

  @Mixin private RootArgument at;

  @Mixin private ReasonOption reason;

  @Override
  public Integer call() throws IOException {
    Version version = at.root().pointer().unpin(reason.text());
    PrintWriter out = spec.commandLine().getOut();
    out.println("current: " + version);
    out.flush();
    return 0;
  }
}
