package io.freshet.cli.config;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Prints the schema that ships, of {@code schemas/learner.schema.json}. */
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
  public Integer call() throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    try (InputStream in = ConfigSchemaCommand.class.getResourceAsStream("learner.schema.json")) {
      out.println(new String(in.readAllBytes(), StandardCharsets.UTF_8).stripTrailing());
    }
    out.flush();
    return 0;
  }
}
