package io.freshet.model.trunk;

import io.freshet.model.layer.RowMap;
import io.freshet.model.layer.Rows;
import java.util.Arrays;
import java.util.List;
import org.ejml.data.FMatrixRMaj;

/**
 * Cross layers (DCN-V2, Wang et al. 2021, arXiv 2008.13535, equation 1): each multiplies the inputs
 * x₀, unit by unit, with a map of what came before; forward and backward over the examples of a row
 * step.
 *
 * <pre>
 * z_l     = map_l(x_l)          linear, or a {@link CrossMixture}
 * x_{l+1} = x₀ ⊙ z_l + x_l
 *
 * for the gradient g by x_{l+1}:
 * dz_l = g ⊙ x₀,   dx₀ += g ⊙ z_l,   dx_l = dz_l through map_l + g
 * </pre>
 */
final class CrossNetwork {
  private final List<RowMap> maps;
  private final FMatrixRMaj[] x; // inputs of each layer; after the last, the output
  private final FMatrixRMaj[] z; // of each layer
  private final FMatrixRMaj mapGradient = new FMatrixRMaj(0, 0); // by its z
  private final FMatrixRMaj passed = new FMatrixRMaj(0, 0); // through its map
  private final FMatrixRMaj inputGradient = new FMatrixRMaj(0, 0);

  CrossNetwork(List<RowMap> maps) {
    this.maps = List.copyOf(maps);
    x = new FMatrixRMaj[maps.size() + 1];
    z = new FMatrixRMaj[maps.size()];
    Arrays.setAll(x, l -> new FMatrixRMaj(0, 0));
    Arrays.setAll(z, l -> new FMatrixRMaj(0, 0));
  }

  void values(float[] all) {
    maps.forEach(map -> map.values(all));
  }

  /** Computes what the last layer gives, [m, in]. */
  FMatrixRMaj forward(FMatrixRMaj input) {
    x[0] = input;
    for (int l = 0; l < z.length; l++) {
      maps.get(l).forward(x[l], z[l]);
      x[l + 1].reshape(input.numRows, input.numCols);
      float[] next = x[l + 1].data;
      for (int i = 0; i < input.getNumElements(); i++) {
        next[i] = input.data[i] * z[l].data[i] + x[l].data[i];
      }
    }
    return x[z.length];
  }

  /**
   * Adds the parameters' gradients for the examples of the last forward pass.
   *
   * @param gradient of the losses by the output; changed in place
   * @return the gradients by the input
   */
  FMatrixRMaj backward(FMatrixRMaj gradient) {
    FMatrixRMaj input = x[0];
    int n = input.getNumElements();
    Rows.zeros(inputGradient, input.numRows, input.numCols);
    mapGradient.reshape(input.numRows, input.numCols);
    for (int l = z.length - 1; l >= 0; l--) {
      for (int i = 0; i < n; i++) {
        mapGradient.data[i] = gradient.data[i] * input.data[i];
        inputGradient.data[i] += gradient.data[i] * z[l].data[i];
      }
      maps.get(l).backward(x[l], mapGradient, passed);
      Rows.add(passed, gradient);
    }
    Rows.add(gradient, inputGradient);
    return inputGradient;
  }

  /** Forgets example i, so that with gradient 0 it adds nothing, not even infinity times 0. */
  void blank(int i) {
    for (int l = 0; l < z.length; l++) {
      Rows.clear(x[l], i);
      Rows.clear(z[l], i);
      maps.get(l).blank(i);
    }
    Rows.clear(x[z.length], i);
  }

  void drain(float[] gradient) {
    maps.forEach(map -> map.drain(gradient));
  }
}
