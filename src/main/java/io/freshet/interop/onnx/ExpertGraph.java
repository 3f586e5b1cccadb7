package io.freshet.interop.onnx;

import java.io.IOException;

/**
 * Experts that several tasks share as nodes of a graph, as {@code
 * io.freshet.model.network.ExpertMixture} computes them.
 */
final class ExpertGraph {
  private final OnnxGraph graph;
  private final String x; // [examples, fields · k]
  private final String[] experts; // their units

  /** Adds the experts over x. */
  ExpertGraph(LayerGraph layers, String x) throws IOException {
    graph = layers.graph;
    this.x = x;
    experts = new String[layers.sizes.of("task-experts")];
    int hidden = layers.manifest.model().hiddenLayers().size();
    for (int e = 0; e < experts.length; e++) {
      experts[e] = layers.hidden("expert." + e, hidden, x);
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
