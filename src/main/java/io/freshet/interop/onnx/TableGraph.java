package io.freshet.interop.onnx;

import static io.freshet.interop.onnx.OnnxGraph.EXAMPLES;
import static io.freshet.interop.onnx.OnnxGraph.OCCURRENCES;

import io.freshet.feature.FeatureSchema;
import io.freshet.feature.Fids;
import io.freshet.feature.Field;
import io.freshet.feature.SequenceField;
import io.freshet.interop.onnx.OnnxGraph.Type;
import io.freshet.snapshot.store.Snapshot;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** The embedding table as nodes of a graph: from ids and values to the sums of their weights. */
final class TableGraph {
  private final OnnxGraph graph;
  private final Snapshot snapshot;
  private final FeatureSchema schema;
  private final int k;
  private final String fids;
  private final String fields; // number of each occurrence's
  private final String values;
  private final String ids; // of each occurrence's row
  private final String firstOrderValues;
  private final String rows; // of each; one behind the last for an id that has none
  private String vectorsOfIds; // of each

  TableGraph(OnnxGraph graph, Snapshot snapshot) {
    this.graph = graph;
    this.snapshot = snapshot;
    k = snapshot.width() - 1;
    fids = graph.input("fids", Type.INT64, EXAMPLES, OCCURRENCES);
    values = graph.input("values", Type.FLOAT, EXAMPLES, OCCURRENCES);
    fields = fieldNumbers(fids);
    schema = snapshot.manifest().schema();
    boolean shares = schema.fields().stream().anyMatch(f -> !f.shares().isEmpty());
    ids = shares ? rowIds(fids) : fids;
    firstOrderValues =
        shares
            ? graph.node("Mul", values, graph.cast(graph.node("Equal", ids, fids), Type.FLOAT))
            : values;
    rows = graph.places(snapshot.fids(), ids);
  }

  private String fieldNumbers(String of) {
    return graph.cast(graph.shifted(graph.cast(of, Type.UINT64), Fids.VALUE_BITS), Type.INT64);
  }

  /** Ids whose rows occurrences have: {@link io.freshet.model.batch.SharedRows}. */
  private String rowIds(String fids) {
    long[] missing = new long[Fids.MAX_FIELD + 1];
    Arrays.setAll(missing, Fids::missing);
    long[] moves = new long[Fids.MAX_FIELD + 1];
    for (Field field : schema.fields()) {
      if (!field.shares().isEmpty()) {
        Field owner = schema.fields().get(schema.index(field.shares()));
        moves[field.number()] = Fids.missing(owner.number()) - Fids.missing(field.number());
      }
    }
    String missingIds = graph.constant("missing_ids", missing, missing.length);
    String isMissing = graph.node("Equal", fids, graph.node("Gather", missingIds, fields));
    String move =
        graph.node("Gather", graph.constant("moves_to_owners", moves, moves.length), fields);
    return graph.node("Where", isMissing, fids, graph.node("Add", fids, move));
  }

  /** Adds the sums of value · w, [examples]. */
  String firstOrder() {
    long[] fids = snapshot.fids();
    float[] weights = new float[fids.length + 1];
    float[] row = new float[1 + k];
    for (int i = 0; i < fids.length; i++) {
      snapshot.read(fids[i], row, 0);
      weights[i] = row[0];
    }
    String w = graph.constant("first_order_weights", weights, weights.length);
    String weighted = graph.node("Mul", graph.node("Gather", w, rows), firstOrderValues);
    return graph.node("ReduceSum", Map.of("keepdims", 0L), weighted, graph.vector(1));
  }

  /**
   * Adds the sums of value · v by field, [examples, fields, k]; of a field that attends to another,
   * without its values.
   */
  String embeddings() throws IOException {
    long[] fids = snapshot.fids();
    float[] vectors = new float[Math.multiplyExact(fids.length + 1, k)];
    float[] row = new float[1 + k];
    for (int i = 0; i < fids.length; i++) {
      snapshot.read(fids[i], row, 0);
      System.arraycopy(row, 1, vectors, i * k, k);
    }
    String v = graph.constant("embedding_vectors", vectors, fids.length + 1L, k);
    StartRowGraph starts = new StartRowGraph(graph, snapshot.manifest(), ids, fieldNumbers(ids));
    String known = graph.node("Gather", v, rows);
    vectorsOfIds = starts.orStart(known, rows, fids.length);
    String sums = values;
    for (SequenceField sequence : AttentionGraph.fields(schema)) {
      for (Field list : AttentionGraph.lists(schema, sequence)) {
        sums = graph.node("Sub", sums, graph.node("Mul", values, attends(list)));
      }
    }
    String weighted =
        graph.node("Mul", vectorsOfIds, graph.node("Unsqueeze", sums, graph.vector(2)));
    return graph.node("MatMul", byField(), weighted);
  }

  /** Adds the values of a sequence's occurrences, and 0 for others, [examples, occurrences]. */
  String shares(SequenceField sequence) {
    return graph.node("Mul", values, attends(sequence));
  }

  /**
   * Adds the vectors of a sequence's values and of those along it, [examples, occurrences, k] each,
   * at the occurrences of the sequence; once embeddings are added.
   */
  List<String> vectors(SequenceField sequence) {
    List<String> all = new ArrayList<>(List.of(vectorsOfIds));
    List<Field> lists = AttentionGraph.lists(schema, sequence);
    if (lists.size() > 1) {
      String isValue = graph.node("Unsqueeze", attends(sequence), graph.vector(2));
      String places = graph.node("Unsqueeze", places(sequence), graph.vector(2));
      for (Field list : lists.subList(1, lists.size())) {
        String others = graph.node("Unsqueeze", places(list), graph.vector(1));
        String isSame = graph.cast(graph.node("Equal", places, others), Type.FLOAT);
        String at = graph.node("Mul", isSame, isValue);
        all.add(graph.node("MatMul", at, vectorsOfIds));
      }
    }
    return all;
  }

  /** Adds 1, 2, … for a field's values, and 0 for other occurrences. */
  private String places(Field field) {
    String attends = attends(field);
    String axis = graph.constant("axis_of_" + field.number(), new long[] {1});
    return graph.node("Mul", attends, graph.node("CumSum", attends, axis));
  }

  /** Adds 1 where an occurrence is a value of a field, which the missing one is not, else 0. */
  private String attends(Field field) {
    String isOfField = graph.node("Equal", fields, graph.vector(field.number()));
    String isMissing = graph.node("Equal", fids, graph.vector(Fids.missing(field.number())));
    return graph.cast(graph.node("And", isOfField, graph.node("Not", isMissing)), Type.FLOAT);
  }

  /** 1 where an occurrence is of a field, [examples, fields, occurrences]. */
  private String byField() {
    int[] of = schema.indexes();
    long[] indexes = new long[of.length];
    for (int number = 0; number < of.length; number++) {
      indexes[number] = of[number] < 0 ? schema.size() : of[number]; // none: out of range
    }
    String all = graph.constant("field_indexes", indexes, indexes.length);
    String index = graph.node("Gather", all, fields);
    String onOff = graph.constant("off_on", new float[] {0, 1}, 2);
    return graph.node("OneHot", Map.of("axis", 1L), index, graph.vector(schema.size()), onOff);
  }
}
