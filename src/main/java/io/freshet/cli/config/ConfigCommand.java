package io.freshet.cli.config;

import picocli.CommandLine.Command;

/** Looks at configurations; does nothing without one of its commands. */
@Command(
    name = "config",
    mixinStandardHelpOptions = true,
    description = "Checks a learner's configuration, shows what it comes to, prints its schema.",
    subcommands = {ConfigCheckCommand.class, ConfigShowCommand.class, ConfigSchemaCommand.class},
    footer = {
      "",
      "Example:",
      "  java -jar freshet.jar config check learner.yaml",
      "",
      "Exit codes: 0 done, 1 failed, 2 wrong usage or configuration."
    })
public final class ConfigCommand {}
