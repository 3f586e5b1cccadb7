package io.freshet.cli.snapshot;

import io.freshet.snapshot.Manifest;
import io.freshet.snapshot.Pin;
import io.freshet.snapshot.SnapshotStore;
import io.freshet.snapshot.Version;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Lists the versions of a root, the newest last, the current one starred. */
@Command(
    name = "ls",
    mixinStandardHelpOptions = true,
    description = "Lists the versions, the newest last; a star marks the current one.",
    footer = {
      "",
      "Example:",
      "  java -jar freshet.jar snapshot ls /var/lib/freshet/snapshots",
      "",
      "Exit codes: 0 done, 1 a manifest cannot be read, 2 wrong usage."
    })
final class ListCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "ROOT",
      converter = SnapshotRoot.Converter.class,
      description = "The snapshot root: a folder or a file: URI.")
  private SnapshotRoot root;

  @Override
  public Integer call() throws IOException {
    SnapshotStore store = root.store();
    List<Manifest> manifests = new ArrayList<>();
    List<String> problems = new ArrayList<>();
    for (Version version : store.versions()) {
      try {
        manifests.add(store.manifest(version));
      } catch (IOException e) {
        problems.add(e.getMessage());
      }
    }
    manifests.sort(Comparator.comparing(Manifest::created).thenComparing(Manifest::version));
    print(manifests, store.latest(), store.pin());
    PrintWriter err = spec.commandLine().getErr();
    problems.forEach(problem -> err.println("snapshot ls: " + problem));
    err.flush();
    return problems.isEmpty() ? 0 : 1;
  }

  private void print(List<Manifest> manifests, Optional<Version> latest, Optional<Pin> pin) {
    PrintWriter out = spec.commandLine().getOut();
    if (manifests.isEmpty()) {
      out.println("no versions in " + root);
    } else {
      table(manifests, latest).print(out);
    }
    pin.ifPresent(
        p -> out.println("pinned: %s since %s: %s".formatted(p.version(), p.since(), p.reason())));
    out.flush();
  }

  private static TextTable table(List<Manifest> manifests, Optional<Version> latest) {
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
          Cells.kind(manifest),
          manifest.parent().map(Version::toString).orElse(Cells.ABSENT),
          Long.toString(manifest.version().checkpoint()),
          Cells.time(manifest.eventTime()),
          Cells.count(manifest.rows()),
          Cells.bytes(manifest.bytes()),
          logloss == null ? Cells.ABSENT : "%.5f".formatted(logloss),
          latest.filter(manifest.version()::equals).isPresent() ? "*" : "");
    }
    return table;
  }
}
