package io.freshet.interop.onnx;

import io.freshet.interop.onnx.NetworkGraph.Branch;
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

  /** Adds two gated streams and their products over x [examples, fields · k]. */
  List<Branch> mlp(String x) throws IOException {
    List<Integer> first = layers.manifest.model().hiddenLayers();
    List<Integer> second = layers.sizes.list("second-layers");
    String xs = layers.hidden("first", first.size(), gated("first", x));
    String ys = layers.hidden("second", second.size(), gated("second", x));
    int heads = layers.sizes.of("heads");
    int in = first.get(first.size() - 1) / heads;
    int out = second.get(second.size() - 1) / heads;
    String[] products = new String[heads];
    for (int head = 0; head < heads; head++) {
      String weights = layers.tensor("fusion.head." + head + ".weight");
      String mapped = graph.node("MatMul", layers.columns(xs, head * in, in), weights);
      String product = graph.node("Mul", mapped, layers.columns(ys, head * out, out));
      products[head] = graph.node("ReduceSum", product, graph.vector(1));
    }
    return List.of(
        new Branch("fusion.first", xs),
        new Branch("fusion.second", ys),
        new Branch("", graph.node("Concat", Map.of("axis", 1L), products)));
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
   * Adds the blocks.
   *
   * @param embeddings [examples, fields, k]
   * @param x the same, [examples, fields · k]
   */
  List<Branch> net(String embeddings, String x) throws IOException {
    boolean isGated = layers.sizes.of("gated") > 0;
    List<Integer> first = layers.manifest.model().hiddenLayers();
    List<Integer> second = layers.sizes.list("second-layers");
    List<Branch> blocks = new ArrayList<>();
    blocks.add(block("first", first, isGated ? both(embeddings, x) : x));
    if (!second.isEmpty()) {
      blocks.add(block("second", second, x));
    }
    return blocks;
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

  /** Layers that multiply their halves, [h, h ⊙ g]. */
  private Branch block(String name, List<Integer> units, String input) throws IOException {
    String x = input;
    for (int l = 0; l < units.size(); l++) {
      int half = units.get(l) / 2;
      String linear = layers.layer(name + "." + l, x);
      String h = layers.columns(linear, 0, half);
      String product = graph.node("Mul", h, layers.columns(linear, half, half));
      x = graph.node("Concat", Map.of("axis", 1L), h, product);
    }
    return new Branch(name + ".out", x);
  }
}
