package io.freshet.model.dense;

import io.freshet.model.algebra.LinearAlgebra;
import java.util.Arrays;
import java.util.List;
import org.ejml.data.FMatrixRMaj;

/**
 * The cross part (DCN-V2, Wang et al. 2021, arXiv 2008.13535, equation 1): each layer multiplies
 * the inputs x₀, unit by unit, with a linear map of what came before, then a linear output unit;
 * forward and backward over the examples of a row step.
 *
 * <pre>
 * z_l     = x_l · W_l + b_l
 * x_{l+1} = x₀ ⊙ z_l + x_l
 *
 * for the gradient g by x_{l+1}:
 * dz_l = g ⊙ x₀,   dx₀ += g ⊙ z_l,   dx_l = dz_l · W_lᵀ + g
 * </pre>
 *
 * Gradients gather over calls of {@link #backward} until they are drained. Matrices have one row an
 * example and are reused; they grow with the largest step seen.
 */
public final class CrossNetwork {
  private final LinearLayer[] layers;
  private final FMatrixRMaj[] x; // inputs of each layer; the last, of the output unit
  private final FMatrixRMaj[] z; // of each layer; the last is the output
  private final FMatrixRMaj outputGradient = new FMatrixRMaj(0, 0); // by x of the layer at hand
  private final FMatrixRMaj mapGradient = new FMatrixRMaj(0, 0); // by its z
  private final FMatrixRMaj passed = new FMatrixRMaj(0, 0); // through its map
  private final FMatrixRMaj inputGradient = new FMatrixRMaj(0, 0);

  public CrossNetwork(List<DenseShape.Layer> shapes, LinearAlgebra algebra) {
    int n = shapes.size();
    layers = new LinearLayer[n];
    Arrays.setAll(layers, l -> new LinearLayer(shapes.get(l), algebra));
    x = new FMatrixRMaj[n];
    z = new FMatrixRMaj[n];
    Arrays.setAll(x, l -> new FMatrixRMaj(0, 0));
    Arrays.setAll(z, l -> new FMatrixRMaj(0, 0));
  }

  public void values(float[] values) {
    for (LinearLayer layer : layers) {
      layer.values(values);
    }
  }

  /** Computes the output [m, 1] of inputs [m, in], which must stay as they are for the way back. */
  public FMatrixRMaj forward(FMatrixRMaj input) {
    x[0] = input;
    int last = layers.length - 1;
    for (int l = 0; l <= last; l++) {
      layers[l].products.forward(x[l], z[l]);
      layers[l].addBiases(z[l], Float.NEGATIVE_INFINITY);
      if (l < last) {
        x[l + 1].reshape(input.numRows, input.numCols);
        float[] next = x[l + 1].data;
        for (int i = 0; i < input.getNumElements(); i++) {
          next[i] = input.data[i] * z[l].data[i] + x[l].data[i];
        }
      }
    }
    return z[last];
  }

  /**
   * Adds the parameters' gradients for the examples of the last forward pass.
   *
   * @param logitGradients of the examples' losses by the output; one that is not a number leaves
   *     its example out
   * @return the gradients by the input, [m, in]
   */
  public FMatrixRMaj backward(float[] logitGradients) {
    FMatrixRMaj input = x[0];
    int n = input.getNumElements();
    int l = layers.length - 1;
    mapGradient.reshape(input.numRows, 1);
    for (int i = 0; i < input.numRows; i++) {
      boolean leftOut = Float.isNaN(logitGradients[i]);
      if (leftOut) {
        blank(i);
      }
      mapGradient.data[i] = leftOut ? 0 : logitGradients[i];
    }
    gather(l, outputGradient);
    inputGradient.reshape(input.numRows, input.numCols);
    Arrays.fill(inputGradient.data, 0, n, 0);
    while (--l >= 0) {
      mapGradient.reshape(input.numRows, input.numCols);
      for (int i = 0; i < n; i++) {
        mapGradient.data[i] = outputGradient.data[i] * input.data[i];
        inputGradient.data[i] += outputGradient.data[i] * z[l].data[i];
      }
      gather(l, passed);
      add(passed, outputGradient, n);
    }
    add(outputGradient, inputGradient, n);
    return inputGradient;
  }

  /** Writes the gathered gradients, in the order of the parameters, and resets them. */
  public void drain(float[] gradient) {
    for (LinearLayer layer : layers) {
      layer.drain(gradient);
    }
  }

  /** Adds a layer's gradients, and passes them on to its inputs. */
  private void gather(int l, FMatrixRMaj inputs) {
    layers[l].addBiasGradients(mapGradient);
    layers[l].products.backward(x[l], mapGradient, inputs);
  }

  /** Forgets example i, so that with gradient 0 it adds nothing, not even infinity times 0. */
  private void blank(int i) {
    for (int l = 0; l < layers.length; l++) {
      Arrays.fill(x[l].data, i * x[l].numCols, (i + 1) * x[l].numCols, 0);
      layers[l].products.blank(i);
      Arrays.fill(z[l].data, i * z[l].numCols, (i + 1) * z[l].numCols, 0);
    }
  }

  private static void add(FMatrixRMaj from, FMatrixRMaj to, int n) {
    for (int i = 0; i < n; i++) {
      to.data[i] += from.data[i];
    }
  }
}
