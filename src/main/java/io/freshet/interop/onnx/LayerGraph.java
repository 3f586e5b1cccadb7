package io.freshet.interop.onnx;

import io.freshet.model.Sizes;
import io.freshet.model.network.Towers;
import io.freshet.snapshot.format.DataFile.TensorShape;
import io.freshet.snapshot.format.GaugeTensors;
import io.freshet.snapshot.format.Manifest;
import io.freshet.snapshot.store.Snapshot;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;

/** The layers of a version's dense part as nodes of a graph; knows which tensors have a place. */
final class LayerGraph {
  final OnnxGraph graph;
  final Manifest manifest;
  final Sizes sizes;
  private final Snapshot snapshot;
  private final UnaryOperator<String> names; // of the tensors
  private final Set<String> used;

  LayerGraph(OnnxGraph graph, Snapshot snapshot) {
    this(graph, snapshot, name -> name, new TreeSet<>());
  }

  private LayerGraph(
      OnnxGraph graph, Snapshot snapshot, UnaryOperator<String> names, Set<String> used) {
    this.graph = graph;
    this.snapshot = snapshot;
    this.names = names;
    this.used = used;
    manifest = snapshot.manifest();
    sizes = new Sizes(manifest.model().sizes());
  }

  /** Those of a task that is not the first. */
  LayerGraph of(String task) {
    return new LayerGraph(graph, snapshot, name -> Towers.prefix(task) + name, used);
  }

  /** Those of an expert, whose hidden layers are numbered without a group. */
  LayerGraph expert(int number) {
    return new LayerGraph(
        graph,
        snapshot,
        name -> "expert.%s.%s".formatted(number, name.replaceFirst("^deep\\.", "")),
        used);
  }

  /** Adds x · W + b, or x · W where there is no b. */
  String layer(String name, String x) throws IOException {
    String weights = tensor(name + ".weight");
    return has(name + ".bias")
        ? graph.node("Gemm", x, weights, tensor(name + ".bias"))
        : graph.node("MatMul", x, weights);
  }

  private boolean has(String plain) {
    String name = names.apply(plain);
    return manifest.dense().tensors().stream().anyMatch(tensor -> tensor.name().equals(name));
  }

  /** Adds layers of ReLU units. */
  String hidden(String group, int layers, String input) throws IOException {
    String x = input;
    for (int l = 0; l < layers; l++) {
      x = graph.node("Relu", layer(group + "." + l, x));
    }
    return x;
  }

  /** Adds a linear output unit, [examples]. */
  String unit(String name, String x) throws IOException {
    return graph.node("Squeeze", layer(name, x), graph.vector(1));
  }

  String columns(String of, int from, int n) {
    return graph.node(
        "Slice", of, graph.vector(from), graph.vector(from + (long) n), graph.vector(1));
  }

  String tensor(String plain) throws IOException {
    String name = names.apply(plain);
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

  /** A tensor that no term has is of a part that this code does not know. */
  void checkAllUsed() throws IOException {
    List<String> rest =
        manifest.dense().tensors().stream()
            .map(TensorShape::name)
            .filter(name -> !GaugeTensors.isOne(name) && !used.contains(name))
            .toList();
    if (!rest.isEmpty()) {
      throw new IOException(
          "version %s has a part that is not exported, with the tensors %s"
              .formatted(manifest.version(), rest));
    }
  }
}
