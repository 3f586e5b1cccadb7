package io.freshet.interop.onnx;

import io.freshet.model.ModelKind;
import java.io.IOException;

/**
 * Experts that several tasks share as nodes of a graph, as {@code
 * io.freshet.model.network.ExpertMixture} computes them.
 */
final class ExpertGraph {
  private final OnnxGraph graph;
  private final String x; // [examples, fields · k]
  private final String[] experts; // their units

  /**
   * Adds the experts.
   *
   * @param embeddings [examples, fields, k]
   * @param x the same, [examples, fields · k]
   */
  ExpertGraph(LayerGraph layers, ModelKind kind, String embeddings, String x) throws IOException {
    graph = layers.graph;
    this.x = x;
    experts = new String[layers.sizes.of("task-experts")];
    for (int e = 0; e < experts.length; e++) {
      experts[e] = new NetworkGraph(layers.expert(e)).units(kind, embeddings, x);
    }
  }

  /** Adds what a task makes of them, [examples]. */
  String term(LayerGraph task) throws IOException {
    String shares = graph.node("Softmax", task.layer("gate", x));
    String mixed = null;
    for (int e = 0; e < experts.length; e++) {
      String part = graph.node("Mul", task.columns(shares, e, 1), experts[e]);
      mixed = mixed == null ? part : graph.node("Add", mixed, part);
    }
    int tower = task.sizes.list("tower-layers").size();
    return task.unit("out", task.hidden("tower", tower, mixed));
  }
}
