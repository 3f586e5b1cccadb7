package io.freshet.interop.onnx;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The dense parts of {@code finalmlp} and {@code finalnet} as nodes of a graph, as their classes in
 * {@code io.freshet.model.trunk} compute them.
 */
final class FinalGraph {
  private final LayerGraph layers;
  private final OnnxGraph graph;
  private final int k;

  FinalGraph(LayerGraph layers) {
    this.layers = layers;
    graph = layers.graph;
    k = layers.manifest.model().embeddingSize();
  }

  /** Adds two gated streams and their fusion, [examples], over x [examples, fields · k]. */
  String mlp(String x) throws IOException {
    List<Integer> first = layers.manifest.model().hiddenLayers();
    List<Integer> second = layers.sizes.list("second-layers");
    String xs = layers.hidden("first", first.size(), gated("first", x));
    String ys = layers.hidden("second", second.size(), gated("second", x));
    String sum =
        graph.node(
            "Add",
            layers.layer("fusion.first", xs),
            graph.node("MatMul", ys, layers.tensor("fusion.second.weight")));
    int heads = layers.sizes.of("heads");
    int in = first.get(first.size() - 1) / heads;
    int out = second.get(second.size() - 1) / heads;
    for (int head = 0; head < heads; head++) {
      String weights = layers.tensor("fusion.head." + head + ".weight");
      String mapped = graph.node("MatMul", layers.columns(xs, head * in, in), weights);
      String product = graph.node("Mul", mapped, layers.columns(ys, head * out, out));
      sum = graph.node("Add", sum, graph.node("ReduceSum", product, graph.vector(1)));
    }
    return graph.node("Squeeze", sum, graph.vector(1));
  }

  /** 2 · sigmoid(W · layers(context) + b) ⊙ x. */
  private String gated(String stream, String x) throws IOException {
    String gate = stream + ".gate";
    int[] indexes = layers.manifest.schema().indexes();
    List<String> context = new ArrayList<>();
    for (int field : layers.sizes.list(stream + "-gate")) {
      context.add(layers.columns(x, indexes[field] * k, k));
    }
    String z;
    if (context.isEmpty()) {
      z = layers.tensor(gate + ".out.bias");
    } else {
      String joined = graph.node("Concat", Map.of("axis", 1L), context.toArray(String[]::new));
      int hidden = layers.sizes.list("gate-layers").size();
      z = layers.layer(gate + ".out", layers.hidden(gate, hidden, joined));
    }
    String twice = graph.node("Mul", graph.node("Sigmoid", z), graph.constant(2));
    return graph.node("Mul", twice, x);
  }

  /**
   * Adds the mean of the blocks, [examples].
   *
   * @param embeddings [examples, fields, k]
   * @param x the same, [examples, fields · k]
   */
  String net(String embeddings, String x) throws IOException {
    boolean isGated = layers.sizes.of("gated") > 0;
    String sum =
        block("first", layers.manifest.model().hiddenLayers(), isGated ? both(embeddings, x) : x);
    List<Integer> second = layers.sizes.list("second-layers");
    if (second.isEmpty()) {
      return sum;
    }
    return graph.node(
        "Mul", graph.node("Add", sum, block("second", second, x)), graph.constant(0.5f));
  }

  /** [e, a ⊙ e], with a = e · W + b over the fields, dimension by dimension. */
  private String both(String embeddings, String x) throws IOException {
    String turned = graph.node("Einsum", Map.of("equation", "nfk->nkf"), embeddings);
    String gates =
        graph.node(
            "Add",
            graph.node("MatMul", turned, layers.tensor("gate.weight")),
            layers.tensor("gate.bias"));
    String gated =
        graph.node("Mul", embeddings, graph.node("Einsum", Map.of("equation", "nkf->nfk"), gates));
    long inputs = (long) layers.manifest.schema().size() * k;
    String flat = graph.node("Reshape", gated, graph.vector(-1, inputs));
    return graph.node("Concat", Map.of("axis", 1L), x, flat);
  }

  /** Layers that multiply their halves, [h, h ⊙ g], and an output unit. */
  private String block(String name, List<Integer> units, String input) throws IOException {
    String x = input;
    for (int l = 0; l < units.size(); l++) {
      int half = units.get(l) / 2;
      String linear = layers.layer(name + "." + l, x);
      String h = layers.columns(linear, 0, half);
      String product = graph.node("Mul", h, layers.columns(linear, half, half));
      x = graph.node("Concat", Map.of("axis", 1L), h, product);
    }
    return layers.unit(name + ".out", x);
  }
}
