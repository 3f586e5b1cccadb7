package io.freshet.interop.onnx;

import io.freshet.model.ModelKind;
import io.freshet.model.Sizes;
import io.freshet.snapshot.format.Manifest;
import io.freshet.snapshot.format.Manifest.TensorShape;
import io.freshet.snapshot.store.Snapshot;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** The terms of a model's logit as nodes of a graph: {@link io.freshet.model.kind.DeepFm}'s. */
final class NetworkGraph {
  static final Set<ModelKind> KINDS =
      Set.of(ModelKind.LR, ModelKind.FM, ModelKind.DEEPFM, ModelKind.WIDE_DEEP, ModelKind.DCN);

  private final OnnxGraph graph;
  private final Snapshot snapshot;
  private final Manifest manifest;
  private final Sizes sizes;
  private final Set<String> used = new TreeSet<>();

  NetworkGraph(OnnxGraph graph, Snapshot snapshot) {
    this.graph = graph;
    this.snapshot = snapshot;
    manifest = snapshot.manifest();
    sizes = new Sizes(manifest.model().sizes());
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
    String logit = firstOrder;
    if (kind.pairs()) {
      logit = graph.node("Add", logit, pairs(embeddings));
    }
    if (kind.deep()) {
      long inputs = (long) manifest.schema().size() * manifest.model().embeddingSize();
      String x = graph.node("Reshape", embeddings, graph.vector(-1, inputs));
      boolean isDeep = !manifest.model().hiddenLayers().isEmpty();
      String crossed = cross(x);
      if (isDeep) {
        logit = graph.node("Add", logit, deep(isStacked() ? crossed : x));
      }
      if (manifest.model().crossLayers() > 0 && !(isDeep && isStacked())) {
        logit = graph.node("Add", logit, unit("cross.out", crossed));
      }
    }
    checkAllUsed();
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

  private String deep(String input) throws IOException {
    String x = input;
    for (int l = 0; l < manifest.model().hiddenLayers().size(); l++) {
      x = graph.node("Relu", layer("deep." + l, x));
    }
    return unit("deep.out", x);
  }

  private boolean isStacked() {
    return sizes.of("stacked") > 0;
  }

  private String cross(String input) throws IOException {
    String x = input;
    for (int l = 0; l < manifest.model().crossLayers(); l++) {
      String map = sizes.of("low-rank") > 0 ? mixture("cross." + l, x) : layer("cross." + l, x);
      x = graph.node("Add", graph.node("Mul", input, map), x);
    }
    return x;
  }

  /** The map of a cross layer as a mixture of low-rank experts. */
  private String mixture(String name, String x) throws IOException {
    int rank = sizes.of("low-rank");
    String down = graph.node("Tanh", graph.node("MatMul", x, tensor(name + ".down.weight")));
    String gates = graph.node("Softmax", layer(name + ".gate", x));
    String[] experts = new String[sizes.of("experts")];
    for (int e = 0; e < experts.length; e++) {
      String core = tensor(name + ".core." + e + ".weight");
      String part = columns(down, e * rank, rank);
      String mapped = graph.node("Tanh", graph.node("MatMul", part, core));
      experts[e] = graph.node("Mul", mapped, columns(gates, e, 1));
    }
    return layer(name + ".up", graph.node("Concat", Map.of("axis", 1L), experts));
  }

  private String columns(String of, int from, int n) {
    return graph.node(
        "Slice", of, graph.vector(from), graph.vector(from + (long) n), graph.vector(1));
  }

  /** A linear output unit, [examples]. */
  private String unit(String name, String x) throws IOException {
    return graph.node("Squeeze", layer(name, x), graph.vector(1));
  }

  private String layer(String name, String input) throws IOException {
    return graph.node("Gemm", input, tensor(name + ".weight"), tensor(name + ".bias"));
  }

  private String tensor(String name) throws IOException {
    long[] shape =
        manifest.dense().tensors().stream()
            .filter(tensor -> tensor.name().equals(name))
            .findFirst()
            .map(tensor -> tensor.shape().stream().mapToLong(Long::longValue).toArray())
            .orElseThrow(
                () ->
                    new IOException(
                        "version %s has no tensor %s".formatted(manifest.version(), name)));
    used.add(name);
    return graph.constant(name, snapshot.dense(name), shape);
  }

  /** A tensor that no term here has is of a part that this code does not know. */
  private void checkAllUsed() throws IOException {
    List<String> rest =
        manifest.dense().tensors().stream()
            .map(TensorShape::name)
            .filter(name -> !name.startsWith("gauge.") && !used.contains(name))
            .toList();
    if (!rest.isEmpty()) {
      throw new IOException(
          "version %s has a part that is not exported, with the tensors %s"
              .formatted(manifest.version(), rest));
    }
  }
}
