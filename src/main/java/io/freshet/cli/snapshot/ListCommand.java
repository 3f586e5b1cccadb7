package io.freshet.cli.snapshot;

import io.freshet.cli.snapshot.text.ManifestCells;
import io.freshet.cli.snapshot.text.TextTable;
import io.freshet.snapshot.format.Manifest;
import io.freshet.snapshot.format.Version;
import io.freshet.snapshot.store.Pin;
import io.freshet.snapshot.store.PublicationOrder;
import io.freshet.snapshot.store.PublicationOrder.Published;
import io.freshet.snapshot.store.SnapshotStore;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Lists the versions of a root, the newest last, the current one starred. */
@Command(
    name = "ls",
    aliases = "list",
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
final class ListCommand extends RootCommand {
  @Option(names = "--json", description = "Print one JSON array instead of a table.")
  private boolean json;

  @Override
  int run(PrintWriter out) throws IOException {
    SnapshotStore store = root().store();
    List<Manifest> read = new ArrayList<>();
    Set<Version> merged = new HashSet<>();
    List<String> problems = new ArrayList<>();
    for (Version version : store.versions()) {
      try {
        read.add(store.manifest(version));
        store.merged(version).map(Manifest::version).ifPresent(merged::add);
      } catch (IOException e) {
        problems.add(e.getMessage());
      }
    }
    List<Manifest> manifests = PublicationOrder.of(read).stream().map(Published::manifest).toList();
    Optional<Version> latest = store.latest();
    Optional<Pin> pin = store.pin();
    if (json) {
      out.println(json(manifests.stream().map(m -> Row.of(m, merged, latest, pin)).toList()));
    } else {
      print(out, manifests, merged, latest, pin);
    }
    problems.forEach(problem -> err().println("snapshot ls: " + problem));
    err().flush();
    return problems.isEmpty() ? 0 : 1;
  }

  private record Row(
      Version version,
      Manifest.Kind kind,
      boolean merged,
      Optional<Version> parent,
      long checkpoint,
      Optional<Instant> eventTime,
      Instant created,
      long rows,
      long bytes,
      boolean current,
      boolean withheld,
      List<String> reasons,
      boolean pinned,
      Map<String, Double> metrics) {
    static Row of(
        Manifest manifest, Set<Version> merged, Optional<Version> latest, Optional<Pin> pin) {
      Version version = manifest.version();
      return new Row(
          version,
          manifest.kind(),
          merged.contains(version),
          manifest.parent(),
          version.checkpoint(),
          manifest.eventTime(),
          manifest.created(),
          manifest.rows(),
          manifest.bytes(),
          latest.equals(Optional.of(version)),
          manifest.isWithheld(),
          manifest.withheld(),
          pin.map(Pin::version).equals(Optional.of(version)),
          manifest.metrics());
    }
  }

  private void print(
      PrintWriter out,
      List<Manifest> manifests,
      Set<Version> merged,
      Optional<Version> latest,
      Optional<Pin> pin) {
    if (manifests.isEmpty()) {
      out.println("no versions in " + root());
    } else {
      table(manifests, merged, latest).print(out);
    }
    pin.ifPresent(
        p -> out.println("pinned: %s since %s: %s".formatted(p.version(), p.since(), p.reason())));
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
          logloss == null ? ManifestCells.ABSENT : String.format(Locale.ROOT, "%.5f", logloss),
          mark(manifest, latest));
    }
    return table;
  }

  private static String mark(Manifest manifest, Optional<Version> latest) {
    String star = latest.filter(manifest.version()::equals).isPresent() ? "* " : "";
    String why = manifest.isWithheld() ? "withheld: " + String.join("; ", manifest.withheld()) : "";
    return (star + why).strip();
  }
}
