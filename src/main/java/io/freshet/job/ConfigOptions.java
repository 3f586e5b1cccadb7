package io.freshet.job;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The configuration that a command works by, named in either of two ways, and its overrides. */
public final class ConfigOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "The learner's configuration (YAML).")
  private Path option;

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "FILE",
      description = "The same, without --config before it.")
  private Path argument;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "Overrides a key of the configuration, as train.batch-size=1024; repeatable.")
  private List<String> overrides = new ArrayList<>();

  /**
   * The file, where one was named.
   *
   * @throws ParameterException where two were
   */
  public Optional<Path> given() {
    if (option != null && argument != null) {
      throw new ParameterException(
          command.commandLine(),
          "two configurations, %s and %s: name one".formatted(option, argument));
    }
    return Optional.ofNullable(option != null ? option : argument);
  }

  /**
   * The file.
   *
   * @throws ParameterException where none was named, or two were
   */
  public Path file() {
    return given()
        .orElseThrow(
            () ->
                new ParameterException(
                    command.commandLine(),
                    "Missing the configuration: --config=FILE, a learner's YAML"));
  }

  /** What overrides the file, as {@code key=value}. */
  public List<String> overrides() {
    return List.copyOf(overrides);
  }
}
