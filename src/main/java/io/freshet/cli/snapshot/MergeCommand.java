package io.freshet.cli.snapshot;

import io.freshet.cli.snapshot.text.ManifestCells;
import io.freshet.snapshot.format.Manifest;
import io.freshet.snapshot.format.Version;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Merges a version with those it is built on into a full. */
@Command(
    name = "merge",
    description = {
      "Makes a delta a full as well.",
      "",
      "It is the same model, loaded without its parents. Memory does not depend on the"
          + " size of the model."
    },
    footer = {
      "",
      "Examples:",
      "  java -jar freshet.jar snapshot merge /var/lib/freshet/snapshots",
      "  java -jar freshet.jar snapshot merge /var/lib/freshet/snapshots \\",
      "      3f9a1c07-0000000012",
      "",
      "Exit codes: 0 done, 1 failed, 2 wrong usage."
    })
final class MergeCommand extends VersionCommand {
  @Option(names = "--json", description = "Print one JSON object instead of a line.")
  private boolean json;

  @Override
  int run(PrintWriter out) throws IOException {
    Version merged = version();
    Optional<Manifest> full = root().merge().merge(merged);
    out.println(
        json
            ? json(
                new Report(
                    merged, full.isPresent(), full.map(Manifest::rows), full.map(Manifest::bytes)))
            : line(merged, full));
    return 0;
  }

  private static String line(Version version, Optional<Manifest> full) {
    return full.map(
            m ->
                "merged: %s, a full of %s rows, %s"
                    .formatted(
                        version, ManifestCells.count(m.rows()), ManifestCells.bytes(m.bytes())))
        .orElse("nothing to merge: %s is a full already".formatted(version));
  }

  /** Rows and bytes are those of the full that was made, if one was. */
  private record Report(
      Version version, boolean merged, Optional<Long> rows, Optional<Long> bytes) {}
}
