package io.freshet.cli.snapshot;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.freshet.cli.snapshot.text.ManifestCells;
import io.freshet.cli.snapshot.text.TextTable;
import io.freshet.feature.FeatureSchema;
import io.freshet.feature.Field;
import io.freshet.snapshot.format.Version;
import io.freshet.snapshot.maintain.SnapshotDiff;
import io.freshet.snapshot.store.SnapshotStore;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
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

  @Option(names = "--json", description = "Print one JSON object instead of tables.")
  private boolean json;

  @Override
  public Integer call() throws IOException {
    SnapshotStore store = at.root().store();
    SnapshotDiff diff = SnapshotDiff.between(store, before, after);
    FeatureSchema schema = store.manifest(after).schema();
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(json(diff, schema));
    } else {
      rows(diff, schema).print(out);
      out.println();
      tensors(diff).print(out);
    }
    out.flush();
    return 0;
  }

  private ObjectNode json(SnapshotDiff diff, FeatureSchema schema) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("before", before.toString()).put("after", after.toString());
    ObjectNode fields = json.putObject("fields");
    diff.fields().forEach((number, moved) -> rows(fields.putObject(name(number, schema)), moved));
    rows(json.putObject("all"), diff.all());
    ObjectNode tensors = json.putObject("tensors");
    for (SnapshotDiff.TensorMove moved : diff.tensors()) {
      ObjectNode tensor = tensors.putObject(moved.name());
      put(tensor, "mean", moved.mean());
      put(tensor, "max", moved.max());
      put(tensor, "norm", moved.norm());
    }
    return json;
  }

  private static void rows(ObjectNode json, SnapshotDiff.Rows moved) {
    json.put("added", moved.added()).put("removed", moved.removed());
    json.put("changed", moved.changed()).put("same", moved.same());
    put(json, "mean_weight", moved.meanWeight());
    put(json, "max_weight", moved.maxWeight());
    put(json, "mean_embedding", moved.meanEmbedding());
    put(json, "max_embedding", moved.maxEmbedding());
  }

  /** JSON has no NaN: what has no mean is null. */
  private static void put(ObjectNode json, String key, double value) {
    if (Double.isFinite(value)) {
      json.put(key, value);
    } else {
      json.putNull(key);
    }
  }

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
    return Double.isNaN(value) ? ManifestCells.ABSENT : "%.6f".formatted(value);
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
