package io.freshet.cli.snapshot;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.freshet.cli.snapshot.text.ManifestCells;
import io.freshet.snapshot.format.Manifest;
import io.freshet.snapshot.format.Version;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Merges a version with those it is built on into a full. */
@Command(
    name = "merge",
    mixinStandardHelpOptions = true,
    description = {
      "Makes a version a full beside being a delta.",
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
final class MergeCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Mixin private VersionArgument at;

  @Option(names = "--json", description = "Print one JSON object instead of a line.")
  private boolean json;

  @Override
  public Integer call() throws IOException {
    Version merged = at.version();
    Optional<Manifest> full = at.root().merge().merge(merged);
    PrintWriter out = spec.commandLine().getOut();
    out.println(json ? json(merged, full) : line(merged, full));
    out.flush();
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
  private static ObjectNode json(Version version, Optional<Manifest> full) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("version", version.toString()).put("merged", full.isPresent());
    full.ifPresent(m -> json.put("rows", m.rows()).put("bytes", m.bytes()));
    return json;
  }
}
