package io.freshet.cli.snapshot;

import io.freshet.cli.snapshot.text.ManifestCells;
import io.freshet.cli.snapshot.text.TextTable;
import io.freshet.feature.FeatureSchema;
import io.freshet.snapshot.format.Version;
import io.freshet.snapshot.maintain.SnapshotDiff;
import io.freshet.snapshot.store.SnapshotStore;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Tells how much a model moved from one version to another. */
@Command(
    name = "diff",
    description = {
      "Tells how much the model moved from version A to version B.",
      "",
      "It counts rows by field, and takes the dense part by tensor. |dw| is how far a"
          + " row's first-order weight moved, |dv| how far its embedding did (Euclidean);"
          + " means are over the changed rows."
    },
    footer = {
      "",
      "Example:",
      "  java -jar freshet.jar snapshot diff /var/lib/freshet/snapshots \\",
      "      3f9a1c07-0000000012 3f9a1c07-0000000013",
      "",
      "Exit codes: 0 done, 1 failed, 2 wrong usage."
    })
final class DiffCommand extends RootCommand {
  @Parameters(
      index = "1",
      paramLabel = "A",
      converter = SnapshotRoot.VersionConverter.class,
      description = "The version before.")
  private Version before;

  @Parameters(
      index = "2",
      paramLabel = "B",
      converter = SnapshotRoot.VersionConverter.class,
      description = "The version after.")
  private Version after;

  @Option(names = "--json", description = "Print one JSON object instead of tables.")
  private boolean json;

  @Override
  int run(PrintWriter out) throws IOException {
    SnapshotStore store = root().store();
    SnapshotDiff diff = SnapshotDiff.between(store, before, after);
    FeatureSchema schema = store.manifest(after).schema();
    if (json) {
      out.println(json(Report.of(before, after, diff, schema)));
    } else {
      rows(diff, schema).print(out);
      out.println();
      tensors(diff).print(out);
    }
    return 0;
  }

  private record Report(
      Version before,
      Version after,
      Map<String, SnapshotDiff.Rows> fields,
      SnapshotDiff.Rows all,
      Map<String, Move> tensors) {
    static Report of(Version before, Version after, SnapshotDiff diff, FeatureSchema schema) {
      Map<String, SnapshotDiff.Rows> fields = new HashMap<>();
      diff.fields().forEach((number, moved) -> fields.put(name(number, schema), moved));
      Map<String, Move> tensors = new HashMap<>();
      diff.tensors().forEach(t -> tensors.put(t.name(), new Move(t.mean(), t.max(), t.norm())));
      return new Report(before, after, fields, diff.all(), tensors);
    }
  }

  private record Move(double mean, double max, double norm) {}

  private static TextTable rows(SnapshotDiff diff, FeatureSchema schema) {
    TextTable table =
        new TextTable("lrrrrrrrr")
            .row(
                "FIELD",
                "ADDED",
                "REMOVED",
                "CHANGED",
                "SAME",
                "MEAN |dw|",
                "MAX |dw|",
                "MEAN |dv|",
                "MAX |dv|");
    diff.fields().forEach((number, moved) -> row(table, name(number, schema), moved));
    row(table, "all", diff.all());
    return table;
  }

  private static void row(TextTable table, String name, SnapshotDiff.Rows moved) {
    table.row(
        name,
        ManifestCells.count(moved.added()),
        ManifestCells.count(moved.removed()),
        ManifestCells.count(moved.changed()),
        ManifestCells.count(moved.same()),
        number(moved.meanWeight()),
        number(moved.maxWeight()),
        number(moved.meanEmbedding()),
        number(moved.maxEmbedding()));
  }

  private static TextTable tensors(SnapshotDiff diff) {
    TextTable table = new TextTable("lrrr").row("TENSOR", "MEAN |d|", "MAX |d|", "NORM");
    diff.tensors()
        .forEach(t -> table.row(t.name(), number(t.mean()), number(t.max()), number(t.norm())));
    return table;
  }

  private static String number(double value) {
    return Double.isNaN(value) ? ManifestCells.ABSENT : String.format(Locale.ROOT, "%.6f", value);
  }

  private static String name(int number, FeatureSchema schema) {
    if (number == 0) {
      return "the bias";
    }
    List<String> names = schema.namesOfRows(number);
    return names.isEmpty() ? "field " + number : String.join(", ", names);
  }
}
