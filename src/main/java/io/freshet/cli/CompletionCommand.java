package io.freshet.cli;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Prints what a shell needs to complete {@code freshet}, made of the commands themselves. */
@Command(
    name = "completion",
    description = {
      "Prints a script by which bash and zsh complete freshet's commands and options.",
      "",
      "It completes a command of the name freshet: an alias, or a script that starts the jar."
    },
    footer = {
      "",
      "Example:",
      "  java -jar freshet.jar completion > ~/.freshet-completion",
      "  alias freshet='java -jar /opt/freshet/freshet.jar'",
      "  source ~/.freshet-completion",
      "",
      "Exit codes: 0 done, 2 wrong usage."
    })
public final class CompletionCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    out.println(AutoComplete.bash(spec.root().name(), spec.root().commandLine()));
    out.flush();
    return 0;
  }
}
