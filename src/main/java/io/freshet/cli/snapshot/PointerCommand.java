package io.freshet.cli.snapshot;

import io.freshet.snapshot.format.Version;
import java.io.IOException;
import java.io.PrintWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A command that moves the pointer to the current version. */
abstract class PointerCommand extends RootCommand {
  @Option(
      names = "--reason",
      required = true,
      paramLabel = "TEXT",
      description = "Why; it is written next to the pointer.")
  private String reason;

  final String reason() {
    return reason;
  }

  /** A command that moves the pointer to a given version. */
  abstract static class Move extends PointerCommand {
    @Parameters(
        index = "1",
        paramLabel = "VERSION",
        converter = SnapshotRoot.VersionConverter.class,
        description = "The version.")
    private Version version;

    @Option(
        names = "--even-if-withheld",
        description = "Take a version that the gate has withheld, too.")
    private boolean evenIfWithheld;

    final Version version() {
      return version;
    }

    final boolean isEvenIfWithheld() {
      return evenIfWithheld;
    }
  }

  @Command(
      name = "rollback",
      description = {
        "Makes a version the current one, until the next publication.",
        "",
        "To keep it for longer, pin it."
      },
      footer = {
        "",
        "Example:",
        "  java -jar freshet.jar snapshot rollback --reason \"calibration is off\" \\",
        "      /var/lib/freshet/snapshots 3f9a1c07-0000000012",
        "",
        "Exit codes: 0 done, 1 failed, 2 wrong usage."
      })
  static final class Rollback extends Move {
    @Override
    int run(PrintWriter out) throws IOException {
      root().pointer().rollBack(version(), reason(), isEvenIfWithheld());
      out.println("current: " + version());
      return 0;
    }
  }

  @Command(
      name = "pin",
      description = {
        "Makes a version the current one and keeps it so until it is unpinned.",
        "",
        "Versions published meanwhile do not become the current one."
      },
      footer = {
        "",
        "Example:",
        "  java -jar freshet.jar snapshot pin --reason \"frozen for the sale\" \\",
        "      /var/lib/freshet/snapshots 3f9a1c07-0000000012",
        "",
        "Exit codes: 0 done, 1 failed, 2 wrong usage."
      })
  static final class Pin extends Move {
    @Override
    int run(PrintWriter out) throws IOException {
      root().pointer().pin(version(), reason(), isEvenIfWithheld());
      out.println("pinned: " + version());
      return 0;
    }
  }

  @Command(
      name = "unpin",
      description = "Removes the pin and makes the version published last the current one.",
      footer = {
        "",
        "Example:",
        "  java -jar freshet.jar snapshot unpin --reason \"the sale is over\" \\",
        "      /var/lib/freshet/snapshots",
        "",
        "Exit codes: 0 done, 1 failed, 2 wrong usage."
      })
  static final class Unpin extends PointerCommand {
    @Override
    int run(PrintWriter out) throws IOException {
      out.println("current: " + root().pointer().unpin(reason()));
      return 0;
    }
  }
}
