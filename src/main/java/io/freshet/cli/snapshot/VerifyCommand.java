package io.freshet.cli.snapshot;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
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
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * Verifies versions, each with those it is built on: sizes, checksums, shapes, order, numbers.
 *
 * <p>Of all versions, one that another has been found to be built on is not read again.
 */
@Command(
    name = "verify",
    mixinStandardHelpOptions = true,
    description = "Reads a version and those it is built on, and prints every problem.",
    footer = {
      "",
      "Examples:",
      "  java -jar freshet.jar snapshot verify /var/lib/freshet/snapshots",
      "  java -jar freshet.jar snapshot verify --all /var/lib/freshet/snapshots",
      "",
      "Exit codes: 0 sound, 1 problems, 2 wrong usage."
    })
final class VerifyCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Mixin private VersionArgument at;

  @Option(names = "--all", description = "Verify every version.")
  private boolean all;

  @Option(names = "--json", description = "Print one JSON object instead of lines.")
  private boolean json;

  @Override
  public Integer call() throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    Set<Version> seen = new HashSet<>();
    List<String> problems = new ArrayList<>();
    int files = 0;
    for (Version next : versions()) {
      if (!seen.contains(next)) {
        Verification found = new SnapshotReader(at.root().store()).verify(next);
        seen.addAll(found.versions());
        files += found.files();
        problems.addAll(found.problems());
        if (!json) {
          found.problems().forEach(out::println);
          out.flush();
        }
      }
    }
    out.println(json ? json(seen.size(), files, problems) : line(seen.size(), files, problems));
    out.flush();
    return problems.isEmpty() ? 0 : 1;
  }

  private static String line(int versions, int files, List<String> problems) {
    return "%s: %d versions, %d files, %d problems"
        .formatted(problems.isEmpty() ? "ok" : "damaged", versions, files, problems.size());
  }

  private static ObjectNode json(int versions, int files, List<String> problems) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("ok", problems.isEmpty()).put("versions", versions).put("files", files);
    problems.forEach(json.putArray("problems")::add);
    return json;
  }

  /** Those to verify, children ahead of their parents within a lineage. */
  private List<Version> versions() throws IOException {
    if (all && at.given().isPresent()) {
      throw new ParameterException(spec.commandLine(), "Give one version or --all, not both");
    }
    if (!all) {
      return List.of(at.version());
    }
    List<Version> versions = new ArrayList<>(at.root().store().versions());
    Collections.reverse(versions);
    return versions;
  }
}
