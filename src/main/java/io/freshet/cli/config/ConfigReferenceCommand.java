package io.freshet.cli.config;

import io.freshet.config.LearnerConfig;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Prints the reference page of a configuration. */
@Command(
    name = "reference",
    mixinStandardHelpOptions = true,
    description = "Prints a page in Markdown with every option, its values and its default.",
    footer = {
      "",
      "Example:",
      "  java -jar freshet.jar config reference > configuration.md",
      "",
      "Exit codes: 0 done, 2 wrong usage."
    })
final class ConfigReferenceCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    out.print(ConfigReference.of(LearnerConfig.options()));
    out.flush();
    return 0;
  }
}
