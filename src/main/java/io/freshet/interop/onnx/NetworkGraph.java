package io.freshet.interop.onnx;

import io.freshet.model.ModelKind;
import io.freshet.snapshot.format.Manifest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The network of a task, or an expert of several, as nodes of a graph. */
final class NetworkGraph {
  /**
   * Some of the last units.
   *
   * @param out name of the output unit over them; empty where their sum counts
   * @param units [examples, units]
   */
  record Branch(String out, String units) {}

  private final OnnxGraph graph;
  private final LayerGraph layers;
  private final Manifest manifest;

  /**
   * A network.
   *
   * @param layers of the task or expert
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
    List<Branch> branches = branches(kind, embeddings, x);
    List<String> terms = new ArrayList<>();
    for (Branch branch : branches) {
      String term =
          branch.out().isEmpty()
              ? graph.node("ReduceSum", Map.of("keepdims", 0L), branch.units(), graph.vector(1))
              : layers.unit(branch.out(), branch.units());
      boolean isMean = kind == ModelKind.FINALNET && branches.size() > 1;
      terms.add(isMean ? graph.node("Mul", term, graph.constant(1f / branches.size())) : term);
    }
    return terms;
  }

  /** Adds the units of an expert, [examples, units]. */
  String units(ModelKind kind, String embeddings, String x) throws IOException {
    String[] units =
        branches(kind, embeddings, x).stream().map(Branch::units).toArray(String[]::new);
    return units.length == 1 ? units[0] : graph.node("Concat", Map.of("axis", 1L), units);
  }

  private List<Branch> branches(ModelKind kind, String embeddings, String x) throws IOException {
    return switch (kind) {
      case FINALMLP -> new FinalGraph(layers).mlp(x);
      case FINALNET -> new FinalGraph(layers).net(embeddings, x);
      default -> crossAndDeep(x);
    };
  }

  private List<Branch> crossAndDeep(String x) throws IOException {
    int hidden = manifest.model().hiddenLayers().size();
    boolean isStacked = hidden > 0 && layers.sizes.of("stacked") > 0;
    String crossed = cross(x);
    List<Branch> branches = new ArrayList<>();
    if (manifest.model().crossLayers() > 0 && !isStacked) {
      branches.add(new Branch("cross.out", crossed));
    }
    if (hidden > 0) {
      String units = layers.hidden("deep", hidden, isStacked ? crossed : x);
      branches.add(new Branch("deep.out", units));
    }
    return branches;
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
