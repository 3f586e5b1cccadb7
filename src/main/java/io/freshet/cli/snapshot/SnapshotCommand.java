package io.freshet.cli.snapshot;

import picocli.CommandLine.Command;

/** The commands on snapshots. */
@Command(
    name = "snapshot",
    mixinStandardHelpOptions = true,
    description = "Looks at, merges, deletes, chooses, imports and exports snapshots.",
    subcommands = {
      ListCommand.class,
      ShowCommand.class,
      DiffCommand.class,
      VerifyCommand.class,
      MergeCommand.class,
      PruneCommand.class,
      ImportCommand.class,
      ExportCommand.class,
      PointerCommand.Rollback.class,
      PointerCommand.Pin.class,
      PointerCommand.Unpin.class
    },
    footer = {
      "",
      "Example:",
      "  java -jar freshet.jar snapshot ls /var/lib/freshet/snapshots",
      "",
      "Exit codes: 0 done, 1 failed, 2 wrong usage."
    })
public final class SnapshotCommand {}
