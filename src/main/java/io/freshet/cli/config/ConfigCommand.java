package io.freshet.cli.config;

import picocli.CommandLine.Command;

/** Looks at configurations; does nothing without one of its commands. */
@Command(
    name = "config",
    mixinStandardHelpOptions = true,
    description = "Drafts, checks and shows a learner's configuration, prints its schema.",
    subcommands = {
      ConfigInitCommand.class,
      ConfigCheckCommand.class,
      ConfigShowCommand.class,
      ConfigSchemaCommand.class,
      ConfigReferenceCommand.class
    },
    footer = {
      "",
      "Example:",
      "  java -jar freshet.jar config check learner.yaml",
      "",
      "Exit codes: 0 done, 1 failed, 2 wrong usage or configuration."
    })
public final class ConfigCommand {}
