package io.freshet.model.layer;

import io.freshet.model.algebra.LinearAlgebra;
import java.util.Arrays;
import java.util.List;
import org.ejml.data.FMatrixRMaj;

/**
 * Layers of ReLU units, forward and backward over the examples of a row step. None pass everything
 * on.
 *
 * <p>Gradients gather over calls of {@link #backward} until they are drained. Matrices have one row
 * an example and are reused; they grow with the largest step seen.
 */
public final class HiddenLayers {
  private final List<Layer> shapes;
  private final LinearLayer[] layers;
  private final FMatrixRMaj[] inputs; // of each layer; after the last, the outputs
  private final FMatrixRMaj[] inputGradients; // of the loss by inputs
  private final BatchNorm[] norms; // of each layer; null where there is none
  private final Dropout dropout;
  private final CommonColumns common = new CommonColumns();
  private final int firstNumber; // of the layers, for the dropout
  private boolean training; // in the last forward pass

  /**
   * Hidden layers.
   *
   * @param firstNumber how many layers of the model have units that drop out before these
   */
  public HiddenLayers(List<Layer> shapes, Dropout dropout, int firstNumber, LinearAlgebra algebra) {
    this.shapes = shapes;
    this.dropout = dropout;
    this.firstNumber = firstNumber;
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
   * Computes the last layer's units of inputs [m, in], which must stay as they are for the way
   * back.
   *
   * @param training whether units drop out, and are normalized by this batch's own mean
   */
  public FMatrixRMaj forward(FMatrixRMaj input, boolean training) {
    this.training = training;
    inputs[0] = input;
    for (int l = 0; l < layers.length; l++) {
      if (l == 0 && !training && common.find(input)) {
        layers[l].multiply(input, common.own(), inputs[1]);
      } else {
        layers[l].multiply(inputs[l], inputs[l + 1]);
      }
      if (norms[l] != null) {
        norms[l].forward(inputs[l + 1], training);
      }
      layers[l].addBiases(inputs[l + 1], 0);
      if (training) {
        dropout.forward(inputs[l + 1], firstNumber + l);
      }
    }
    return inputs[layers.length];
  }

  /**
   * Adds the parameters' gradients for the examples of the last forward pass.
   *
   * @param outputGradients of the loss by the last layer's units; changed in place
   * @return the gradients by the input, [m, in]
   */
  public FMatrixRMaj backward(FMatrixRMaj outputGradients) {
    FMatrixRMaj gradients = outputGradients;
    for (int l = layers.length - 1; l >= 0; l--) {
      stopAtRest(gradients, inputs[l + 1]); // a unit that dropped out rests too
      if (training) {
        dropout.backward(gradients);
      }
      layers[l].addBiasGradients(gradients);
      if (norms[l] != null) {
        norms[l].backward(gradients);
      }
      layers[l].multiplyBack(inputs[l], gradients, inputGradients[l]);
      gradients = inputGradients[l];
    }
    return gradients;
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

  /** What normalization has learned without gradients. */
  public float[] running() {
    return BatchNorm.running(norms);
  }

  /** Takes over what {@link #running} gave, from an index on; returns the index behind it. */
  public int running(float[] all, int from) {
    return BatchNorm.running(norms, all, from);
  }

  /** Forgets example i, so that with gradient 0 it adds nothing, not even infinity times 0. */
  public void blank(int i) {
    for (FMatrixRMaj input : inputs) {
      Rows.clear(input, i);
    }
    for (LinearLayer layer : layers) {
      layer.blank(i);
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
