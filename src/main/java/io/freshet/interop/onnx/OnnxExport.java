package io.freshet.interop.onnx;

import static io.freshet.interop.onnx.OnnxGraph.EXAMPLES;

import io.freshet.feature.CategoricalField;
import io.freshet.feature.CrossField;
import io.freshet.feature.Field;
import io.freshet.feature.MultiField;
import io.freshet.feature.NumericField;
import io.freshet.feature.ParallelField;
import io.freshet.feature.SequenceField;
import io.freshet.feature.VectorField;
import io.freshet.interop.onnx.OnnxGraph.Type;
import io.freshet.snapshot.format.Manifest;
import io.freshet.snapshot.store.Snapshot;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A version as a model of ONNX, of single-precision numbers throughout.
 *
 * <pre>
 * without the table                                   with it
 * first_order  [examples]             Σ value · w     fids    [examples, occurrences]  int64
 * embeddings   [examples, fields, k]  Σ value · v     values  [examples, occurrences]
 *
 * of each sequence that attends to a target, and v of each list along it, too:
 * NAME.shares  [examples, length]     value
 * NAME.values  [examples, length, k]  v
 *
 * probability  [examples]; of several tasks one each, by the task's name
 * </pre>
 *
 * Ids and values are as an encoder makes them, numbers standardized and expanded; in place of
 * occurrences that an example does not have, any id has value 0. The embedding of a sequence that
 * attends is the sum over its values only where it is missing, and has that one: 0 elsewhere. Where
 * the rows of a field hold less than k, the rest is 0; its projection is part of the model.
 */
public final class OnnxExport {
  private static final long MAX_BYTES = (1L << 31) - (1 << 20); // of a protobuf message

  private final Snapshot snapshot;
  private final boolean tables;

  /**
   * The export of a version.
   *
   * @param tables whether the rows are part of it
   */
  public OnnxExport(Snapshot snapshot, boolean tables) {
    this.snapshot = snapshot;
    this.tables = tables;
  }

  /**
   * Writes the model.
   *
   * @throws IOException where the version has something that is not exported
   */
  public void write(OutputStream out) throws IOException {
    Manifest manifest = snapshot.manifest();
    check(manifest);
    OnnxGraph graph = new OnnxGraph();
    LayerGraph layers = new LayerGraph(graph, snapshot);
    AttentionGraph attention = new AttentionGraph(layers);
    List<SequenceField> attending = AttentionGraph.fields(manifest.schema());
    int k = manifest.model().embeddingSize();
    String firstOrder;
    String embeddings = "";
    if (tables) {
      TableGraph table = new TableGraph(graph, snapshot);
      firstOrder = table.firstOrder();
      if (k > 0) {
        embeddings = table.embeddings();
        for (SequenceField field : attending) {
          embeddings = attention.add(field, embeddings, table.vectors(field), table.shares(field));
        }
      }
    } else {
      firstOrder = graph.input("first_order", Type.FLOAT, EXAMPLES);
      if (k > 0) {
        embeddings = graph.input("embeddings", Type.FLOAT, EXAMPLES, manifest.schema().size(), k);
        for (SequenceField field : attending) {
          String shares = field.name() + ".shares";
          graph.input(shares, Type.FLOAT, EXAMPLES, field.length());
          List<String> values = new ArrayList<>();
          for (Field list : AttentionGraph.lists(manifest.schema(), field)) {
            values.add(
                graph.input(list.name() + ".values", Type.FLOAT, EXAMPLES, field.length(), k));
          }
          embeddings = attention.add(field, embeddings, values, shares);
        }
      }
    }
    embeddings = new ProjectionGraph(layers).add(embeddings);
    List<String> sums = new LogitGraph(layers).logits(firstOrder, embeddings);
    List<String> probabilities = MixtureGraph.probabilities(graph, snapshot, firstOrder, sums);
    List<String> tasks = manifest.tasks().names();
    for (int task = 0; task < probabilities.size(); task++) {
      String name = tasks.isEmpty() ? "probability" : tasks.get(task);
      graph.output(probabilities.get(task), name, Type.FLOAT, EXAMPLES);
    }
    graph.write(manifest.name(), description(manifest), properties(manifest), out);
  }

  private void check(Manifest manifest) throws IOException {
    for (Field field : manifest.schema().fields()) {
      boolean isKnown =
          field instanceof CategoricalField
              || field instanceof MultiField
              || field instanceof NumericField
              || field instanceof SequenceField
              || field instanceof ParallelField
              || field instanceof VectorField
              || field instanceof CrossField;
      if (!isKnown) {
        throw new IOException(
            "field %s is %s, which is not exported".formatted(field.name(), field.describe()));
      }
    }
    long bytes = (long) snapshot.size() * (Float.BYTES * snapshot.width() + 2L * 10);
    if (tables && bytes > MAX_BYTES) {
      throw new IOException(
          "the table of %s rows takes %s bytes, and a model of ONNX holds %s at most; export it"
                  .formatted(snapshot.size(), bytes, MAX_BYTES)
              + " without");
    }
  }

  private static String description(Manifest manifest) {
    return "%s of version %s".formatted(manifest.model().kind(), manifest.version());
  }

  private static Map<String, String> properties(Manifest manifest) {
    return Map.of(
        "freshet.version",
        manifest.version().toString(),
        "freshet.fields",
        manifest.schema().fields().stream().map(Field::name).collect(Collectors.joining(",")));
  }
}
