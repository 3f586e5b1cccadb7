package io.freshet.interop.onnx;

import io.freshet.snapshot.format.Manifest;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;

/**
 * What brings the embeddings of fields with shorter rows to the model's size as nodes of a graph,
 * as {@link io.freshet.model.input.Projections} computes it.
 */
final class ProjectionGraph {
  private final LayerGraph layers;
  private final OnnxGraph graph;

  ProjectionGraph(LayerGraph layers) {
    this.layers = layers;
    graph = layers.graph;
  }

  /**
   * Adds the projections.
   *
   * @param embeddings what the rows of each field come to, [examples, fields, k]
   */
  String add(String embeddings) throws IOException {
    Manifest manifest = layers.manifest;
    int[] indexes = manifest.schema().indexes();
    String all = embeddings;
    for (Map.Entry<Integer, Integer> field :
        new TreeMap<>(manifest.model().embeddingSizes()).entrySet()) {
      int number = field.getKey();
      String sum = layers.columns(embeddings, indexes[number], 1);
      String held =
          graph.node(
              "Slice", sum, graph.vector(0), graph.vector(field.getValue()), graph.vector(2));
      String projected =
          graph.node("MatMul", held, layers.tensor("projection." + number + ".weight"));
      float[] place = new float[manifest.schema().size()];
      place[indexes[number]] = 1;
      String at = graph.constant("projected_" + number, place, place.length, 1);
      String change = graph.node("Sub", projected, sum);
      all = graph.node("Add", all, graph.node("Mul", change, at));
    }
    return all;
  }
}
