package io.freshet.cli.snapshot;

import io.freshet.cli.snapshot.text.ManifestCells;
import io.freshet.snapshot.RetentionSettings;
import io.freshet.snapshot.format.Manifest;
import io.freshet.snapshot.format.Version;
import io.freshet.snapshot.maintain.GarbageCollection;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Deletes versions that are not needed any more. */
@Command(
    name = "prune",
    description = {
      "Deletes versions that are not needed any more.",
      "",
      "These are all but the newest fulls, those that were current within the grace"
          + " period, the current and the pinned one, the ends of lineages, and what these"
          + " are built on."
    },
    footer = {
      "",
      "Examples:",
      "  java -jar freshet.jar snapshot prune --dry-run /var/lib/freshet/snapshots",
      "  java -jar freshet.jar snapshot prune --fulls 2 --grace \"10 min\" \\",
      "      /var/lib/freshet/snapshots",
      "",
      "Exit codes: 0 done, 1 failed, 2 wrong usage."
    })
final class PruneCommand extends RootCommand {
  @Option(names = "--dry-run", description = "Only say what would be deleted.")
  private boolean dryRun;

  @Option(
      names = "--fulls",
      paramLabel = "N",
      defaultValue = "3",
      description = "How many fulls to keep; ${DEFAULT-VALUE} by default.")
  private int fulls;

  @Option(
      names = "--grace",
      paramLabel = "TIME",
      defaultValue = "1 h",
      converter = TimeConverter.class,
      description = "The grace period; ${DEFAULT-VALUE} by default.")
  private Duration grace;

  @Option(
      names = "--branches",
      paramLabel = "TIME",
      defaultValue = "30 d",
      converter = TimeConverter.class,
      description = "How long the end of a lineage is kept; ${DEFAULT-VALUE} by default.")
  private Duration branches;

  @Option(names = "--json", description = "Print one JSON object instead of lines.")
  private boolean json;

  @Override
  int run(PrintWriter out) throws IOException {
    GarbageCollection prune = root().prune(settings());
    List<Manifest> deleted = dryRun ? prune.preview() : prune.run();
    if (json) {
      out.println(json(new Report(dryRun, deleted.stream().map(Row::of).toList(), bytes(deleted))));
    } else {
      print(out, deleted);
    }
    return 0;
  }

  private void print(PrintWriter out, List<Manifest> deleted) {
    for (Manifest manifest : deleted) {
      out.println(
          "%s %s  %s  %s rows"
              .formatted(
                  dryRun ? "would delete" : "deleted",
                  manifest.version(),
                  ManifestCells.kind(manifest),
                  ManifestCells.count(manifest.rows())));
    }
    out.println(
        "%s versions, %s %s"
            .formatted(
                deleted.size(),
                ManifestCells.bytes(bytes(deleted)),
                dryRun ? "to delete" : "deleted"));
  }

  private record Report(boolean dryRun, List<Row> versions, long bytes) {}

  private record Row(Version version, Manifest.Kind kind, long rows, long bytes) {
    static Row of(Manifest manifest) {
      return new Row(manifest.version(), manifest.kind(), manifest.rows(), manifest.bytes());
    }
  }

  private static long bytes(List<Manifest> manifests) {
    return manifests.stream().mapToLong(Manifest::bytes).sum();
  }

  private RetentionSettings settings() {
    try {
      return new RetentionSettings(fulls, grace, branches);
    } catch (IllegalArgumentException e) {
      throw wrongUsage("--fulls: " + e.getMessage());
    }
  }
}
