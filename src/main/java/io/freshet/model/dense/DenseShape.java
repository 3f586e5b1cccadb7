package io.freshet.model.dense;

import io.freshet.model.ModelSettings;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * The order of the dense parameters in one vector: the cross layers, then the hidden ones, input
 * side first, each group closed by a linear output unit; each layer's weights [in, out] row by row,
 * then its biases [out] and, where hidden layers are normalized, their scales [out].
 *
 * @param cross the cross layers and their output unit; none where the model has no cross part
 * @param deep the hidden layers and their output unit; none where the model has no deep part
 */
public record DenseShape(List<Layer> cross, List<Layer> deep) {

  /**
   * One layer.
   *
   * @param name what its tensors' names start with
   * @param in units before it
   * @param out units of it
   * @param weights index of its first weight
   * @param normalized whether its units are batch-normalized, and so have scales
   */
  public record Layer(String name, int in, int out, int weights, boolean normalized) {

    public int biases() {
      return weights + in * out;
    }

    /** Index of its first scale, if it has any. */
    int scales() {
      return biases() + out;
    }

    int end() {
      return normalized ? scales() + out : scales();
    }
  }

  public DenseShape {
    cross = List.copyOf(cross);
    deep = List.copyOf(deep);
  }

  /** The shape for a number of fields, each an embedding of the model's size. */
  public static DenseShape of(int fields, ModelSettings model) {
    return of(fields, model, false);
  }

  public static DenseShape of(int fields, ModelSettings model, boolean normalized) {
    int in = Math.multiplyExact(fields, model.embeddingSize());
    return of(in, model.crossLayers(), model.hiddenLayers(), normalized);
  }

  public static DenseShape of(
      int in, int crossLayers, List<Integer> hiddenLayers, boolean normalized) {
    List<Layer> cross = group("cross", in, Collections.nCopies(crossLayers, in), 0, false);
    List<Layer> deep = group("deep", in, hiddenLayers, end(cross), normalized);
    return new DenseShape(cross, deep);
  }

  private static List<Layer> group(
      String name, int in, List<Integer> units, int from, boolean normalized) {
    List<Layer> layers = new ArrayList<>();
    int inputs = in;
    int at = from;
    for (int i = 0; i < units.size(); i++) {
      Layer layer = new Layer(name + "." + i, inputs, units.get(i), at, normalized);
      layers.add(layer);
      inputs = layer.out();
      at = layer.end();
    }
    if (!units.isEmpty()) {
      layers.add(new Layer(name + ".out", inputs, 1, at, false));
    }
    return layers;
  }

  /** All layers, in the vector's order. */
  public List<Layer> layers() {
    List<Layer> layers = new ArrayList<>(cross);
    layers.addAll(deep);
    return layers;
  }

  public int size() {
    return end(layers());
  }

  /** The tensors, in the vector's order. */
  public List<DenseTensor> tensors() {
    List<DenseTensor> tensors = new ArrayList<>();
    for (Layer l : layers()) {
      tensors.add(new DenseTensor(l.name() + ".weight", List.of(l.in(), l.out()), l.weights()));
      tensors.add(new DenseTensor(l.name() + ".bias", List.of(l.out()), l.biases()));
      if (l.normalized()) {
        tensors.add(new DenseTensor(l.name() + ".scale", List.of(l.out()), l.scales()));
      }
    }
    return tensors;
  }

  private static int end(List<Layer> layers) {
    return layers.isEmpty() ? 0 : layers.get(layers.size() - 1).end();
  }
}
