package io.freshet.cli.config;

import io.freshet.config.LearnerConfig;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Prints the JSON Schema of a configuration. */
@Command(
    name = "schema",
    mixinStandardHelpOptions = true,
    description = {
      "Prints the JSON Schema of a configuration.",
      "",
      "Editors complete and check by it: save it, and begin the configuration with the comment"
          + " \"# yaml-language-server: $schema=learner.schema.json\"."
    },
    footer = {
      "",
      "Example:",
      "  java -jar freshet.jar config schema > learner.schema.json",
      "",
      "Exit codes: 0 done, 2 wrong usage."
    })
final class ConfigSchemaCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    out.print(ConfigSchema.of(LearnerConfig.options()));
    out.flush();
    return 0;
  }
}
