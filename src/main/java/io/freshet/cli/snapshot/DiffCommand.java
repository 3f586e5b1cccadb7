package io.freshet.cli.snapshot;

import io.freshet.feature.FeatureSchema;
import io.freshet.feature.Field;
import io.freshet.snapshot.Manifest;
import io.freshet.snapshot.SnapshotDiff;
import io.freshet.snapshot.SnapshotStore;
import io.freshet.snapshot.Version;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Tells how much a model moved from one version to another. */
@Command(
    name = "diff",
    mixinStandardHelpOptions = true,
    description = {
      "Tells how much the model moved from version A to version B.",
      "",
      "It counts rows by field, and takes the deep part by tensor. |dw| is how far a"
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
final class DiffCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Mixin private RootArgument at;

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

  @Override
  public Integer call() throws IOException {
    SnapshotStore store = at.root().store();
    SnapshotDiff diff = SnapshotDiff.between(store, before, after);
    PrintWriter out = spec.commandLine().getOut();
    rows(diff, store.manifest(after)).print(out);
    out.println();
    tensors(diff).print(out);
    out.flush();
    return 0;
  }

  private static TextTable rows(SnapshotDiff diff, Manifest manifest) {
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
    diff.fields().forEach((number, moved) -> row(table, name(number, manifest.schema()), moved));
    row(table, "all", diff.all());
    return table;
  }

  private static void row(TextTable table, String name, SnapshotDiff.Rows moved) {
    table.row(
        name,
        Cells.count(moved.added()),
        Cells.count(moved.removed()),
        Cells.count(moved.changed()),
        Cells.count(moved.same()),
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
    return Double.isNaN(value) ? Cells.ABSENT : "%.6f".formatted(value);
  }

  private static String name(int number, FeatureSchema schema) {
    if (number == 0) {
      return "the bias";
    }
    return schema.fields().stream()
        .filter(field -> field.number() == number)
        .map(Field::name)
        .findFirst()
        .orElse("field " + number);
  }
}
