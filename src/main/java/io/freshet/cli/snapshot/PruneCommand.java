package io.freshet.cli.snapshot;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.freshet.cli.snapshot.text.ManifestCells;
import io.freshet.config.DurationText;
import io.freshet.snapshot.RetentionSettings;
import io.freshet.snapshot.format.Manifest;
import io.freshet.snapshot.maintain.GarbageCollection;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** Deletes versions that nobody needs. */
@Command(
    name = "prune",
    mixinStandardHelpOptions = true,
    description = {
      "Deletes versions that nobody needs.",
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
final class PruneCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Mixin private RootArgument at;

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
      converter = Time.class,
      description = "The grace period; ${DEFAULT-VALUE} by default.")
  private Duration grace;

  @Option(
      names = "--branches",
      paramLabel = "TIME",
      defaultValue = "30 d",
      converter = Time.class,
      description = "How long the end of a lineage is kept; ${DEFAULT-VALUE} by default.")
  private Duration branches;

  @Option(names = "--json", description = "Print one JSON object instead of lines.")
  private boolean json;

  @Override
  public Integer call() throws IOException {
    GarbageCollection prune = at.root().prune(settings());
    List<Manifest> deleted = dryRun ? prune.preview() : prune.run();
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(json(deleted));
    } else {
      print(out, deleted);
    }
    out.flush();
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
        "%d versions, %s %s"
            .formatted(
                deleted.size(),
                ManifestCells.bytes(bytes(deleted)),
                dryRun ? "to delete" : "deleted"));
  }

  private ObjectNode json(List<Manifest> deleted) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("dry_run", dryRun);
    ArrayNode versions = json.putArray("versions");
    for (Manifest manifest : deleted) {
      versions
          .addObject()
          .put("version", manifest.version().toString())
          .put("kind", ManifestCells.kind(manifest))
          .put("rows", manifest.rows())
          .put("bytes", manifest.bytes());
    }
    return json.put("bytes", bytes(deleted));
  }

  private static long bytes(List<Manifest> manifests) {
    return manifests.stream().mapToLong(Manifest::bytes).sum();
  }

  private RetentionSettings settings() {
    try {
      return new RetentionSettings(fulls, grace, branches);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), "--fulls: " + e.getMessage(), e);
    }
  }

  /** Reads a time as a configuration has it. */
  static final class Time implements ITypeConverter<Duration> {
    @Override
    public Duration convert(String text) {
      return DurationText.parse(text)
          .orElseThrow(
              () ->
                  new TypeConversionException(
                      "\"%s\" is not a time such as 10 min".formatted(text)));
    }
  }
}
