package io.freshet.interop.onnx;

import io.freshet.model.ModelKind;
import io.freshet.snapshot.format.Manifest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The logits of a model's tasks as nodes of a graph, as {@link io.freshet.model.kind.DeepFm} has
 * them: all terms are the first task's, and of each further one its network alone.
 */
final class LogitGraph {
  static final Set<ModelKind> KINDS =
      Set.of(
          ModelKind.LR,
          ModelKind.FM,
          ModelKind.DEEPFM,
          ModelKind.WIDE_DEEP,
          ModelKind.DCN,
          ModelKind.FINALMLP,
          ModelKind.FINALNET);

  private final LayerGraph layers;
  private final OnnxGraph graph;
  private final Manifest manifest;

  LogitGraph(LayerGraph layers) {
    this.layers = layers;
    graph = layers.graph;
    manifest = layers.manifest;
  }

  /**
   * Adds the sum of a task's terms for each task, [examples] each.
   *
   * @param firstOrder the sums of value · w, [examples]
   * @param embeddings those of value · v by field, [examples, fields, k]
   * @throws IOException where the model has a part that is not exported
   */
  List<String> logits(String firstOrder, String embeddings) throws IOException {
    ModelKind kind = kind();
    List<List<String>> networks = kind.deep() ? networks(kind, embeddings) : List.of(List.of());
    List<String> first = new ArrayList<>(List.of(firstOrder));
    if (kind.pairs()) {
      first.add(pairs(embeddings));
    }
    first.addAll(networks.get(0));
    List<String> logits = new ArrayList<>(List.of(sum(first)));
    networks.subList(1, networks.size()).forEach(terms -> logits.add(sum(terms)));
    layers.checkAllUsed();
    return logits;
  }

  private ModelKind kind() throws IOException {
    return ModelKind.of(manifest.model().kind())
        .filter(KINDS::contains)
        .orElseThrow(
            () ->
                new IOException(
                    "version %s is of kind %s, which is not exported; expected one of %s"
                        .formatted(
                            manifest.version(),
                            manifest.model().kind(),
                            KINDS.stream().map(ModelKind::key).sorted().toList())));
  }

  private String sum(List<String> terms) {
    return terms.stream().reduce((a, b) -> graph.node("Add", a, b)).orElseThrow();
  }

  /** The terms of each task's network. */
  private List<List<String>> networks(ModelKind kind, String embeddings) throws IOException {
    long inputs = (long) manifest.schema().size() * manifest.model().embeddingSize();
    String x = graph.node("Reshape", embeddings, graph.vector(-1, inputs));
    List<LayerGraph> tasks = new ArrayList<>(List.of(layers));
    manifest.model().tasks().stream().skip(1).forEach(task -> tasks.add(layers.of(task.name())));
    List<List<String>> terms = new ArrayList<>();
    if (tasks.size() > 1 && layers.sizes.of("task-experts") > 0) {
      ExpertGraph experts = new ExpertGraph(layers, kind, embeddings, x);
      for (LayerGraph its : tasks) {
        terms.add(List.of(experts.term(its)));
      }
    } else {
      for (LayerGraph its : tasks) {
        terms.add(new NetworkGraph(its).terms(kind, embeddings, x));
      }
    }
    return terms;
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
}
