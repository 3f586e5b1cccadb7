package io.freshet.model.dense;

import io.freshet.model.algebra.LinearAlgebra;
import java.util.Arrays;
import java.util.List;
import org.ejml.data.FMatrixRMaj;

/**
 * The deep part: layers of ReLU units, then one linear output unit; forward and backward over the
 * examples of a row step.
 *
 * <p>Gradients gather over calls of {@link #backward} until they are drained. Matrices have one row
 * an example and are reused; they grow with the largest step seen.
 */
public final class DeepNetwork {
  private final List<DenseShape.Layer> shapes;
  private final LinearLayer[] layers;
  private final FMatrixRMaj[] inputs; // of each layer; after the last, the output
  private final FMatrixRMaj[] inputGradients; // of the loss by inputs
  private final BatchNorm[] norms; // of each layer; null where there is none
  private final Dropout dropout;
  private final CommonColumns common = new CommonColumns();
  private boolean training; // in the last forward pass

  public DeepNetwork(List<DenseShape.Layer> shapes, Dropout dropout, LinearAlgebra algebra) {
    this.shapes = shapes;
    this.dropout = dropout;
    int n = shapes.size();
    layers = new LinearLayer[n];
    inputs = new FMatrixRMaj[n + 1];
    inputGradients = new FMatrixRMaj[n + 1];
    norms = new BatchNorm[n];
    Arrays.setAll(inputGradients, l -> new FMatrixRMaj(0, 0));
    Arrays.setAll(inputs, l -> new FMatrixRMaj(0, 0));
    for (int l = 0; l < n; l++) {
      layers[l] = new LinearLayer(shapes.get(l), algebra);
      norms[l] = shapes.get(l).normalized() ? new BatchNorm(shapes.get(l).out()) : null;
    }
  }

  public void values(float[] values) {
    for (int l = 0; l < layers.length; l++) {
      layers[l].values(values);
      if (norms[l] != null) {
        norms[l].scale(values, shapes.get(l).scales());
      }
    }
  }

  /**
   * Computes the output [m, 1] of inputs [m, in], which must stay as they are for the way back.
   *
   * @param training whether units drop out, and are normalized by this batch's own mean
   */
  public FMatrixRMaj forward(FMatrixRMaj input, boolean training) {
    this.training = training;
    inputs[0] = input;
    int last = layers.length - 1;
    for (int l = 0; l <= last; l++) {
      if (l == 0 && !training && common.find(input)) {
        layers[l].products.forward(input, common.own(), inputs[1]);
      } else {
        layers[l].products.forward(inputs[l], inputs[l + 1]);
      }
      if (norms[l] != null) {
        norms[l].forward(inputs[l + 1], training);
      }
      layers[l].addBiases(inputs[l + 1], l < last ? 0 : Float.NEGATIVE_INFINITY);
      if (training && l < last) {
        dropout.forward(inputs[l + 1], l);
      }
    }
    return inputs[last + 1];
  }

  /**
   * Adds the parameters' gradients for the examples of the last forward pass.
   *
   * @param logitGradients of the examples' losses by the output; one that is not a number leaves
   *     its example out
   * @return the gradients by the input, [m, in]
   */
  public FMatrixRMaj backward(float[] logitGradients) {
    int l = layers.length;
    inputGradients[l].reshape(inputs[0].numRows, 1);
    for (int i = 0; i < inputs[0].numRows; i++) {
      boolean leftOut = Float.isNaN(logitGradients[i]);
      if (leftOut) {
        blank(i);
      }
      inputGradients[l].data[i] = leftOut ? 0 : logitGradients[i];
    }
    while (--l >= 0) {
      if (l < layers.length - 1) {
        stopAtRest(inputGradients[l + 1], inputs[l + 1]); // a unit that dropped out rests too
        if (training) {
          dropout.backward(inputGradients[l + 1]);
        }
      }
      layers[l].addBiasGradients(inputGradients[l + 1]);
      if (norms[l] != null) {
        norms[l].backward(inputGradients[l + 1]);
      }
      layers[l].products.backward(inputs[l], inputGradients[l + 1], inputGradients[l]);
    }
    return inputGradients[0];
  }

  /** Writes the gathered gradients, in the order of the parameters, and resets them. */
  public void drain(float[] gradient) {
    for (int l = 0; l < layers.length; l++) {
      layers[l].drain(gradient);
      if (norms[l] != null) {
        norms[l].drain(gradient, shapes.get(l).scales());
      }
    }
  }

  public float[] running() {
    float[] all = new float[0];
    for (BatchNorm norm : norms) {
      if (norm != null) {
        float[] values = norm.running();
        all = Arrays.copyOf(all, all.length + values.length);
        System.arraycopy(values, 0, all, all.length - values.length, values.length);
      }
    }
    return all;
  }

  public void running(float[] all) {
    int at = 0;
    for (int l = 0; l < norms.length; l++) {
      if (norms[l] != null) {
        int n = 2 * shapes.get(l).out();
        norms[l].running(Arrays.copyOfRange(all, at, at + n));
        at += n;
      }
    }
  }

  /** Forgets example i, so that with gradient 0 it adds nothing, not even infinity times 0. */
  private void blank(int i) {
    for (FMatrixRMaj input : inputs) {
      Arrays.fill(input.data, i * input.numCols, (i + 1) * input.numCols, 0);
    }
    for (LinearLayer layer : layers) {
      layer.products.blank(i);
    }
  }

  /**
   * A ReLU at rest passes no gradient on. Activations are 0 or above; two multiplications take even
   * the least of them above 1, so the minimum is 0 or 1: unlike a branch, the JIT compiler makes
   * vector instructions of it.
   */
  private static void stopAtRest(FMatrixRMaj gradient, FMatrixRMaj activation) {
    float[] data = gradient.data;
    float[] active = activation.data;
    int n = gradient.getNumElements();
    for (int i = 0; i < n; i++) {
      data[i] *= Math.min(1, active[i] * 0x1p127f * 0x1p127f);
    }
  }
}
