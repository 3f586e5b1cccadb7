package io.freshet.cli.snapshot;

import io.freshet.snapshot.format.Version;
import io.freshet.snapshot.store.SnapshotReader;
import io.freshet.snapshot.store.Verification;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Verifies versions, each with those it is built on: sizes, checksums, shapes, order, numbers.
 *
 * <p>Of all versions, one that another has been found to be built on is not read again.
 */
@Command(
    name = "verify",
    description = "Reads a version and those it is built on, and prints every problem.",
    footer = {
      "",
      "Examples:",
      "  java -jar freshet.jar snapshot verify /var/lib/freshet/snapshots",
      "  java -jar freshet.jar snapshot verify --all /var/lib/freshet/snapshots",
      "",
      "Exit codes: 0 sound, 1 problems, 2 wrong usage."
    })
final class VerifyCommand extends VersionCommand {
  @Option(names = "--all", description = "Verify every version.")
  private boolean all;

  @Option(names = "--json", description = "Print one JSON object instead of lines.")
  private boolean json;

  @Override
  int run(PrintWriter out) throws IOException {
    Set<Version> seen = new HashSet<>();
    List<String> problems = new ArrayList<>();
    int files = 0;
    for (Version next : versions()) {
      if (!seen.contains(next)) {
        Verification found = new SnapshotReader(root().store()).verify(next);
        seen.addAll(found.versions());
        files += found.files();
        problems.addAll(found.problems());
        if (!json) {
          found.problems().forEach(out::println);
          out.flush();
        }
      }
    }
    out.println(
        json
            ? json(new Report(problems.isEmpty(), seen.size(), files, problems))
            : line(seen.size(), files, problems));
    return problems.isEmpty() ? 0 : 1;
  }

  private static String line(int versions, int files, List<String> problems) {
    return "%s: %s versions, %s files, %s problems"
        .formatted(problems.isEmpty() ? "ok" : "damaged", versions, files, problems.size());
  }

  private record Report(boolean ok, int versions, int files, List<String> problems) {}

  /** Those to verify, children before their parents within a lineage. */
  private List<Version> versions() throws IOException {
    if (all && given().isPresent()) {
      throw wrongUsage("Give one version or --all, not both");
    }
    if (!all) {
      return List.of(version());
    }
    List<Version> versions = new ArrayList<>(root().store().versions());
    Collections.reverse(versions);
    return versions;
  }
}
