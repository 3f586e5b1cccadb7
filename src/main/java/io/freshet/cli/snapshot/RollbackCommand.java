package io.freshet.cli.snapshot;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Makes an older version the current one. */
@Command(
    name = "rollback",
    mixinStandardHelpOptions = true,
    description = {
      "Makes a version the current one, until the next publication.",
      "",
      "To keep it for longer, pin it."
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

  @Mixin private MoveOptions to;

  @Mixin private ReasonOption reason;

  @Override
  public Integer call() throws IOException {
    to.root().pointer().rollBack(to.version(), reason.text(), to.isEvenIfWithheld());
    PrintWriter out = spec.commandLine().getOut();
    out.println("current: " + to.version());
    out.flush();
    return 0;
  }
}
