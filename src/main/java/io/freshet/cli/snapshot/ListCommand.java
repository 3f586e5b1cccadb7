package io.freshet.cli.snapshot;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.freshet.cli.snapshot.text.ManifestCells;
import io.freshet.cli.snapshot.text.TextTable;
import io.freshet.snapshot.format.Manifest;
import io.freshet.snapshot.format.Version;
import io.freshet.snapshot.store.Pin;
import io.freshet.snapshot.store.SnapshotStore;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Lists the versions of a root, the newest last, the current one starred. */
@Command(
    name = "ls",
    aliases = "list",
    mixinStandardHelpOptions = true,
    description = {
      "Lists the versions, the newest last; a star marks the current one.",
      "",
      "Of kind \"delta, full\" are those that were merged into a full as well."
    },
    footer = {
      "",
      "Example:",
      "  java -jar freshet.jar snapshot ls /var/lib/freshet/snapshots",
      "",
      "Exit codes: 0 done, 1 a manifest cannot be read, 2 wrong usage."
    })
final class ListCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Mixin private RootArgument at;

  @Option(names = "--json", description = "Print one JSON array instead of a table.")
  private boolean json;

  @Override
  public Integer call() throws IOException {
    SnapshotStore store = at.root().store();
    List<Manifest> manifests = new ArrayList<>();
    Set<Version> merged = new HashSet<>();
    List<String> problems = new ArrayList<>();
    for (Version version : store.versions()) {
      try {
        manifests.add(store.manifest(version));
        store.merged(version).map(Manifest::version).ifPresent(merged::add);
      } catch (IOException e) {
        problems.add(e.getMessage());
      }
    }
    manifests.sort(Comparator.comparing(Manifest::created).thenComparing(Manifest::version));
    if (json) {
      printJson(manifests, merged, store.latest(), store.pin());
    } else {
      print(manifests, merged, store.latest(), store.pin());
    }
    PrintWriter err = spec.commandLine().getErr();
    problems.forEach(problem -> err.println("snapshot ls: " + problem));
    err.flush();
    return problems.isEmpty() ? 0 : 1;
  }

  private void print(
      List<Manifest> manifests, Set<Version> merged, Optional<Version> latest, Optional<Pin> pin) {
    PrintWriter out = spec.commandLine().getOut();
    if (manifests.isEmpty()) {
      out.println("no versions in " + at.root());
    } else {
      table(manifests, merged, latest).print(out);
    }
    pin.ifPresent(
        p -> out.println("pinned: %s since %s: %s".formatted(p.version(), p.since(), p.reason())));
    out.flush();
  }

  private void printJson(
      List<Manifest> manifests, Set<Version> merged, Optional<Version> latest, Optional<Pin> pin) {
    ArrayNode versions = JsonNodeFactory.instance.arrayNode();
    for (Manifest manifest : manifests) {
      Version version = manifest.version();
      ObjectNode node = versions.addObject();
      node.put("version", version.toString());
      node.put("kind", ManifestCells.kind(manifest));
      node.put("merged", merged.contains(version));
      manifest.parent().ifPresent(parent -> node.put("parent", parent.toString()));
      node.put("checkpoint", version.checkpoint());
      manifest.eventTime().ifPresent(time -> node.put("event_time", time.toString()));
      node.put("created", manifest.created().toString());
      node.put("rows", manifest.rows());
      node.put("bytes", manifest.bytes());
      node.put("current", latest.filter(version::equals).isPresent());
      node.put("withheld", manifest.isWithheld());
      node.put("pinned", pin.filter(p -> p.version().equals(version)).isPresent());
      node.set("metrics", new ObjectMapper().valueToTree(manifest.metrics()));
    }
    spec.commandLine().getOut().println(versions);
    spec.commandLine().getOut().flush();
  }

  private static TextTable table(
      List<Manifest> manifests, Set<Version> merged, Optional<Version> latest) {
    TextTable table =
        new TextTable("lllrlrrrl")
            .row(
                "VERSION",
                "KIND",
                "PARENT",
                "CHECKPOINT",
                "EVENT TIME",
                "ROWS",
                "SIZE",
                "LOGLOSS",
                "");
    for (Manifest manifest : manifests) {
      Double logloss = manifest.metrics().get("logloss");
      table.row(
          manifest.version().toString(),
          merged.contains(manifest.version()) ? "delta, full" : ManifestCells.kind(manifest),
          manifest.parent().map(Version::toString).orElse(ManifestCells.ABSENT),
          Long.toString(manifest.version().checkpoint()),
          ManifestCells.time(manifest.eventTime()),
          ManifestCells.count(manifest.rows()),
          ManifestCells.bytes(manifest.bytes()),
          logloss == null ? ManifestCells.ABSENT : "%.5f".formatted(logloss),
          mark(manifest, latest));
    }
    return table;
  }

  private static String mark(Manifest manifest, Optional<Version> latest) {
    String star = latest.filter(manifest.version()::equals).isPresent() ? "* " : "";
    return (star + (manifest.isWithheld() ? "withheld" : "")).strip();
  }
}
