package io.freshet.interop.onnx;

import io.freshet.model.ModelKind;
import io.freshet.snapshot.format.Manifest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The network of a task as nodes of a graph. */
final class NetworkGraph {
  private final OnnxGraph graph;
  private final LayerGraph layers;
  private final Manifest manifest;

  /**
   * A network.
   *
   * @param layers of the task
   */
  NetworkGraph(LayerGraph layers) {
    this.layers = layers;
    graph = layers.graph;
    manifest = layers.manifest;
  }

  /**
   * Adds the terms of the network, [examples] each.
   *
   * @param embeddings [examples, fields, k]
   * @param x the same, [examples, fields · k]
   */
  List<String> terms(ModelKind kind, String embeddings, String x) throws IOException {
    return switch (kind) {
      case FINALMLP -> List.of(new FinalGraph(layers).mlp(x));
      case FINALNET -> List.of(new FinalGraph(layers).net(embeddings, x));
      default -> crossAndDeep(x);
    };
  }

  private List<String> crossAndDeep(String x) throws IOException {
    int hidden = manifest.model().hiddenLayers().size();
    boolean isStacked = hidden > 0 && layers.sizes.of("stacked") > 0;
    String crossed = cross(x);
    List<String> terms = new ArrayList<>();
    if (hidden > 0) {
      String units = layers.hidden("deep", hidden, isStacked ? crossed : x);
      terms.add(layers.unit("deep.out", units));
    }
    if (manifest.model().crossLayers() > 0 && !isStacked) {
      terms.add(layers.unit("cross.out", crossed));
    }
    return terms;
  }

  private String cross(String input) throws IOException {
    boolean isMixture = layers.sizes.of("low-rank") > 0;
    String x = input;
    for (int l = 0; l < manifest.model().crossLayers(); l++) {
      String name = "cross." + l;
      String map = isMixture ? mixture(name, x) : layers.layer(name, x);
      x = graph.node("Add", graph.node("Mul", input, map), x);
    }
    return x;
  }

  /** The map of a cross layer as a mixture of low-rank experts. */
  private String mixture(String name, String x) throws IOException {
    int rank = layers.sizes.of("low-rank");
    String down = graph.node("Tanh", graph.node("MatMul", x, layers.tensor(name + ".down.weight")));
    String gates = graph.node("Softmax", layers.layer(name + ".gate", x));
    String[] experts = new String[layers.sizes.of("experts")];
    for (int e = 0; e < experts.length; e++) {
      String core = layers.tensor(name + ".core." + e + ".weight");
      String part = layers.columns(down, e * rank, rank);
      String mapped = graph.node("Tanh", graph.node("MatMul", part, core));
      experts[e] = graph.node("Mul", mapped, layers.columns(gates, e, 1));
    }
    return layers.layer(name + ".up", graph.node("Concat", Map.of("axis", 1L), experts));
  }
}
