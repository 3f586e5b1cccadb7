package io.freshet.interop.onnx;

import io.freshet.feature.FeatureSchema;
import io.freshet.feature.Field;
import io.freshet.feature.ParallelField;
import io.freshet.feature.SequenceField;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The pooling of sequences by attention to a target as nodes of a graph, as {@link
 * io.freshet.model.input.TargetAttention} computes it.
 */
final class AttentionGraph {
  private static final float LEAST_SCORE = -1e30f; // of what is no value
  private static final float LEAST_SUM = 1e-6f; // below any share, so that no values have weight 0

  private final LayerGraph layers;
  private final OnnxGraph graph;
  private final int k;

  AttentionGraph(LayerGraph layers) {
    this.layers = layers;
    graph = layers.graph;
    k = layers.manifest.model().embeddingSize();
  }

  /** The sequences that attend to a target. */
  static List<SequenceField> fields(FeatureSchema schema) {
    return schema.fields().stream()
        .filter(SequenceField.class::isInstance)
        .map(SequenceField.class::cast)
        .filter(SequenceField::attends)
        .toList();
  }

  /** A sequence, and the lists that run along it. */
  static List<Field> lists(FeatureSchema schema, SequenceField sequence) {
    return Stream.<Field>concat(Stream.of(sequence), schema.along(sequence).stream()).toList();
  }

  /**
   * Adds the pooled embeddings of a sequence, and of what runs along it, to those of the fields.
   *
   * @param embeddings [examples, fields, k], of which the targets' are there
   * @param values the embeddings of each list's values, [examples, values, k]
   * @param shares of the sequence's values, 0 for what is none, [examples, values]
   */
  String add(SequenceField sequence, String embeddings, List<String> values, String shares)
      throws IOException {
    FeatureSchema schema = layers.manifest.schema();
    String target = target(sequence, embeddings);
    String sum = values.stream().reduce((a, b) -> graph.node("Add", a, b)).orElseThrow();
    String product = graph.node("Mul", target, sum);
    String scores =
        sequence.attention().units() == 0
            ? dot(product)
            : unit("attention." + sequence.number(), target, sum, product, shares);
    String weights =
        sequence.attention().softmax()
            ? softmax(scores, shares)
            : graph.node("Mul", shares, graph.node("Add", scores, graph.constant(1)));
    String row = graph.node("Unsqueeze", weights, graph.vector(1));
    String all = embeddings;
    for (int list = 0; list < values.size(); list++) {
      Field field = lists(schema, sequence).get(list);
      float[] place = new float[schema.size()];
      place[schema.index(field.name())] = 1;
      String at = graph.constant("place_of_" + field.number(), place, schema.size(), 1);
      String pooled = graph.node("MatMul", row, values.get(list));
      all = graph.node("Add", all, graph.node("Mul", pooled, at));
    }
    return all;
  }

  /** The sum of the targets' embeddings, [examples, 1, k]. */
  private String target(SequenceField sequence, String embeddings) {
    FeatureSchema schema = layers.manifest.schema();
    return Stream.concat(
            Stream.of(sequence.attention().target()),
            schema.along(sequence).stream().map(ParallelField::target))
        .filter(name -> !name.isEmpty())
        .map(name -> layers.columns(embeddings, schema.index(name), 1))
        .reduce((a, b) -> graph.node("Add", a, b))
        .orElseThrow();
  }

  private String dot(String product) {
    String sum = graph.node("ReduceSum", Map.of("keepdims", 0L), product, graph.vector(2));
    return graph.node("Mul", sum, graph.constant((float) (1 / Math.sqrt(k))));
  }

  /** DIN's activation unit. */
  private String unit(String group, String target, String values, String product, String shares)
      throws IOException {
    String each = graph.node("Expand", target, graph.node("Shape", values));
    String joined = graph.node("Concat", Map.of("axis", 2L), each, values, product);
    String x = graph.node("Reshape", joined, graph.vector(-1, 3L * k));
    String scores = layers.layer(group + ".out", layers.hidden(group, 1, x));
    return graph.node("Reshape", scores, graph.node("Shape", shares));
  }

  /** share · exp(score), by their sum. */
  private String softmax(String scores, String shares) {
    String isNone = graph.node("Equal", shares, graph.constant(0));
    String masked = graph.node("Where", isNone, graph.constant(LEAST_SCORE), scores);
    String most = graph.node("ReduceMax", masked, graph.vector(1));
    String powers = graph.node("Mul", shares, graph.node("Exp", graph.node("Sub", masked, most)));
    String sum = graph.node("ReduceSum", powers, graph.vector(1));
    return graph.node("Div", powers, graph.node("Max", sum, graph.constant(LEAST_SUM)));
  }
}
