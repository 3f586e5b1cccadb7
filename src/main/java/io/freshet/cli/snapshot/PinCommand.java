package io.freshet.cli.snapshot;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Makes a version the current one and keeps it so. */
@Command(
    name = "pin",
    mixinStandardHelpOptions = true,
    description = {
      "Makes a version the current one and keeps it so until it is unpinned.",
      "",
      "Whatever is published meanwhile is for later."
    },
    footer = {
      "",
      "Example:",
      "  java -jar freshet.jar snapshot pin --reason \"frozen for the sale\" \\",
      "      /var/lib/freshet/snapshots 3f9a1c07-0000000012",
      "",
      "Exit codes: 0 done, 1 failed, 2 wrong usage."
    })
final class PinCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Mixin private MoveOptions to;

  @Mixin private ReasonOption reason;

  @Override
  public Integer call() throws IOException {
    to.root().pointer().pin(to.version(), reason.text(), to.isEvenIfWithheld());
    PrintWriter out = spec.commandLine().getOut();
    out.println("pinned: " + to.version());
    out.flush();
    return 0;
  }
}
