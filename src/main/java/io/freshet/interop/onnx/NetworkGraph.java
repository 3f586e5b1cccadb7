package io.freshet.interop.onnx;

import io.freshet.model.ModelKind;
import io.freshet.snapshot.format.Manifest;
import java.io.IOException;
import java.util.Map;
import java.util.Set;

/** The terms of a model's logit as nodes of a graph: {@link io.freshet.model.kind.DeepFm}'s. */
final class NetworkGraph {
  static final Set<ModelKind> KINDS =
      Set.of(
          ModelKind.LR,
          ModelKind.FM,
          ModelKind.DEEPFM,
          ModelKind.WIDE_DEEP,
          ModelKind.DCN,
          ModelKind.FINALMLP,
          ModelKind.FINALNET);

  private final OnnxGraph graph;
  private final LayerGraph layers;
  private final Manifest manifest;

  NetworkGraph(LayerGraph layers) {
    this.layers = layers;
    graph = layers.graph;
    manifest = layers.manifest;
  }

  /**
   * Adds the sum of all terms, [examples].
   *
   * @param firstOrder the sums of value · w, [examples]
   * @param embeddings those of value · v by field, [examples, fields, k]
   * @throws IOException where the model has a part that is not exported
   */
  String logit(String firstOrder, String embeddings) throws IOException {
    ModelKind kind =
        ModelKind.of(manifest.model().kind())
            .filter(KINDS::contains)
            .orElseThrow(
                () ->
                    new IOException(
                        "version %s is of kind %s, which is not exported; expected one of %s"
                            .formatted(
                                manifest.version(),
                                manifest.model().kind(),
                                KINDS.stream().map(ModelKind::key).sorted().toList())));
    if (!manifest.model().tasks().isEmpty()) {
      throw new IOException(
          "version %s is of several tasks, which are not exported; expected a model of one"
              .formatted(manifest.version()));
    }
    String logit = firstOrder;
    if (kind.pairs()) {
      logit = graph.node("Add", logit, pairs(embeddings));
    }
    if (kind.deep()) {
      long inputs = (long) manifest.schema().size() * manifest.model().embeddingSize();
      String x = graph.node("Reshape", embeddings, graph.vector(-1, inputs));
      logit =
          switch (kind) {
            case FINALMLP -> graph.node("Add", logit, new FinalGraph(layers).mlp(x));
            case FINALNET -> graph.node("Add", logit, new FinalGraph(layers).net(embeddings, x));
            default -> crossAndDeep(logit, x);
          };
    }
    layers.checkAllUsed();
    return logit;
  }

  /** ½ (|Σ e_f|² - Σ |e_f|²). */
  private String pairs(String embeddings) {
    Map<String, Object> flat = Map.of("keepdims", 0L);
    String axis = graph.vector(1);
    String sum = graph.node("ReduceSum", flat, embeddings, axis);
    String squares = graph.node("ReduceSum", flat, graph.node("Mul", embeddings, embeddings), axis);
    String difference = graph.node("Sub", graph.node("Mul", sum, sum), squares);
    return graph.node("Mul", graph.node("ReduceSum", flat, difference, axis), graph.constant(0.5f));
  }

  private String crossAndDeep(String logit, String x) throws IOException {
    int hidden = manifest.model().hiddenLayers().size();
    boolean isStacked = hidden > 0 && layers.sizes.of("stacked") > 0;
    String crossed = cross(x);
    String sum = logit;
    if (hidden > 0) {
      String units = layers.hidden("deep", hidden, isStacked ? crossed : x);
      sum = graph.node("Add", sum, layers.unit("deep.out", units));
    }
    if (manifest.model().crossLayers() > 0 && !isStacked) {
      sum = graph.node("Add", sum, layers.unit("cross.out", crossed));
    }
    return sum;
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
