package io.freshet.snapshot;

import java.util.ArrayList;
import java.util.List;

/**
 * Names and shapes of the deep part's tensors, in the order in which their values lie in its vector
 * of parameters.
 *
 * <p>{@code deep.0.weight}, {@code deep.0.bias}, … one pair for each hidden layer, then {@code
 * deep.out.weight} and {@code deep.out.bias}. A weight is [inputs, outputs], row by row: the layer
 * computes x W + b. No hidden layers, no tensors.
 */
final class DenseTensors {
  private DenseTensors() {}

  static List<Tensor> of(int fields, int embeddingSize, List<Integer> hiddenLayers) {
    List<Tensor> tensors = new ArrayList<>();
    int inputs = fields * embeddingSize;
    for (int layer = 0; layer < hiddenLayers.size(); layer++) {
      int outputs = hiddenLayers.get(layer);
      addLayer("deep." + layer, inputs, outputs, tensors);
      inputs = outputs;
    }
    if (!tensors.isEmpty()) {
      addLayer("deep.out", inputs, 1, tensors);
    }
    return tensors;
  }

  /** Parameters in all of them. */
  static int size(List<Tensor> tensors) {
    return Math.toIntExact(tensors.stream().mapToLong(Tensor::elements).sum());
  }

  private static void addLayer(String name, int inputs, int outputs, List<Tensor> tensors) {
    tensors.add(Tensor.floats(name + ".weight", inputs, outputs));
    tensors.add(Tensor.floats(name + ".bias", outputs));
  }
}
