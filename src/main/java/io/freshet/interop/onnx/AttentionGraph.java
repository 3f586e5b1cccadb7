package io.freshet.interop.onnx;

import io.freshet.feature.FeatureSchema;
import io.freshet.feature.SequenceField;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * The pooling of sequences by attention to a target as nodes of a graph, as {@link
 * io.freshet.model.network.TargetAttention} computes it.
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

  /**
   * Adds a sequence's pooled embedding to those of the fields.
   *
   * @param embeddings [examples, fields, k], of which the target's is there
   * @param values the embeddings of its values, [examples, values, k]
   * @param shares of the values, 0 for what is none, [examples, values]
   */
  String add(SequenceField field, String embeddings, String values, String shares)
      throws IOException {
    FeatureSchema schema = layers.manifest.schema();
    String target = layers.columns(embeddings, schema.index(field.attention().target()), 1);
    String product = graph.node("Mul", target, values);
    String scores =
        field.attention().units() == 0
            ? dot(product)
            : unit("attention." + field.number(), target, values, product, shares);
    String weights =
        field.attention().softmax()
            ? softmax(scores, shares)
            : graph.node("Mul", shares, graph.node("Add", scores, graph.constant(1)));
    String pooled = graph.node("MatMul", graph.node("Unsqueeze", weights, graph.vector(1)), values);
    float[] place = new float[schema.size()];
    place[schema.index(field.name())] = 1;
    String at = graph.constant("place_of_" + field.number(), place, schema.size(), 1);
    return graph.node("Add", embeddings, graph.node("Mul", pooled, at));
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
