package io.freshet.cli.config;

import io.freshet.config.EffectiveConfig;
import io.freshet.config.option.ConfigException;
import io.freshet.job.ConfigOptions;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Shows every key with what it comes to. */
@Command(
    name = "show",
    mixinStandardHelpOptions = true,
    description = {
      "Prints a configuration with all defaults filled in.",
      "",
      "What is printed is a configuration itself, but for properties of Kafka's clients that are,"
          + " or may be, secrets: these are hidden. References to variables and files stay."
    },
    footer = {
      "",
      "Example:",
      "  java -jar freshet.jar config show learner.yaml --set join.window='1 h'",
      "",
      "Exit codes: 0 done, 2 wrong usage or configuration."
    })
final class ConfigShowCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Mixin private ConfigOptions config;

  @Option(names = "--json", description = "Print JSON instead of YAML.")
  private boolean json;

  @Override
  public Integer call() {
    PrintWriter err = spec.commandLine().getErr();
    try {
      EffectiveConfig whole = EffectiveConfig.read(config.file(), config.overrides());
      PrintWriter out = spec.commandLine().getOut();
      out.println((json ? whole.json() : whole.yaml()).stripTrailing());
      out.flush();
      return 0;
    } catch (ConfigException e) {
      e.problems().forEach(err::println);
      err.flush();
      return 2;
    }
  }
}
