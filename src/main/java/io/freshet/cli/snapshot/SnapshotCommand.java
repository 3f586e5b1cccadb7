package io.freshet.cli.snapshot;

import picocli.CommandLine.Command;

/** Looks at snapshots and moves the pointer; does nothing without one of its commands. */
@Command(
    name = "snapshot",
    mixinStandardHelpOptions = true,
    description = "Lists, shows, compares, verifies, merges, deletes and chooses snapshots.",
    subcommands = {
      ListCommand.class,
      SnapshotShowCommand.class,
      DiffCommand.class,
      VerifyCommand.class,
      MergeCommand.class,
      PruneCommand.class,
      RollbackCommand.class,
      PinCommand.class,
      UnpinCommand.class
    },
    footer = {
      "",
      "Example:",
      "  java -jar freshet.jar snapshot ls /var/lib/freshet/snapshots",
      "",
      "Exit codes: 0 done, 1 failed, 2 wrong usage."
    })
public final class SnapshotCommand {}
