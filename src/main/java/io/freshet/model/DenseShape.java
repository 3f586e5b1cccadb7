package io.freshet.model;

import java.util.ArrayList;
import java.util.List;

/**
 * The order of the deep part's parameters in one vector: layer by layer from the input on, each
 * layer's weights [in, out] row by row, then its biases [out]. The output unit is the last layer.
 *
 * @param layers the layers, input side first; none where the model has no deep part
 */
public record DenseShape(List<Layer> layers) {

  /**
   * One layer.
   *
   * @param name what its tensors' names start with
   * @param in units before it
   * @param out units of it
   * @param weights index of its first weight
   */
  public record Layer(String name, int in, int out, int weights) {

    /** Index of its first bias. */
    public int biases() {
      return weights + in * out;
    }

    int end() {
      return biases() + out;
    }
  }

  public DenseShape {
    layers = List.copyOf(layers);
  }

  /** The shape for a number of fields, each an embedding of the model's size. */
  public static DenseShape of(int fields, ModelSettings model) {
    List<Layer> layers = new ArrayList<>();
    List<Integer> hidden = model.hiddenLayers();
    int in = Math.multiplyExact(fields, model.embeddingSize());
    int from = 0;
    for (int i = 0; i < hidden.size(); i++) {
      Layer layer = new Layer("deep." + i, in, hidden.get(i), from);
      layers.add(layer);
      in = layer.out();
      from = layer.end();
    }
    if (!hidden.isEmpty()) {
      layers.add(new Layer("deep.out", in, 1, from));
    }
    return new DenseShape(layers);
  }

  /** Number of parameters. */
  public int size() {
    return layers.isEmpty() ? 0 : layers.get(layers.size() - 1).end();
  }

  /** The tensors, in the vector's order. */
  public List<DenseTensor> tensors() {
    List<DenseTensor> tensors = new ArrayList<>();
    for (Layer l : layers) {
      tensors.add(new DenseTensor(l.name() + ".weight", List.of(l.in(), l.out()), l.weights()));
      tensors.add(new DenseTensor(l.name() + ".bias", List.of(l.out()), l.biases()));
    }
    return tensors;
  }
}
