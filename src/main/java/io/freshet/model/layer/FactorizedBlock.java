package io.freshet.model.layer;

import io.freshet.model.algebra.LinearAlgebra;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.ejml.data.FMatrixRMaj;

/**
 * Factorized interaction layers (FinalNet, Zhu et al. 2023, SIGIR, equation 4): each multiplies one
 * half of a linear layer's units with the other, so that L of them reach products of 2^L inputs.
 *
 * <pre>
 * [h, g] = x · W + b      two halves
 * y = [h, h ⊙ g]
 * </pre>
 *
 * No other activation follows. Where units are normalized, they are so after the product, with a
 * scale and a shift.
 */
public final class FactorizedBlock {
  private final LinearLayer[] layers;
  private final FMatrixRMaj[] x; // inputs of each layer; after the last, the outputs
  private final FMatrixRMaj[] linear; // [h, g] of each layer
  private final FMatrixRMaj[] gradients; // by x
  private final FMatrixRMaj linearGradient = new FMatrixRMaj(0, 0);
  private final BatchNorm[] norms; // of each layer; null where there is none
  private final LinearLayer[] shifts; // of them
  private final List<Layer> shiftShapes = new ArrayList<>();
  private final Dropout dropout;
  private final int firstNumber;
  private boolean training;

  /**
   * The block of a group of layers.
   *
   * @param firstNumber how many layers of the model have units that drop out before these
   */
  public FactorizedBlock(
      String group, Layers all, Dropout dropout, int firstNumber, LinearAlgebra algebra) {
    List<Layer> shapes = all.group(group);
    int n = shapes.size();
    this.dropout = dropout;
    this.firstNumber = firstNumber;
    layers = new LinearLayer[n];
    x = new FMatrixRMaj[n + 1];
    linear = new FMatrixRMaj[n];
    gradients = new FMatrixRMaj[n + 1];
    norms = new BatchNorm[n];
    shifts = new LinearLayer[n];
    Arrays.setAll(x, l -> new FMatrixRMaj(0, 0));
    Arrays.setAll(linear, l -> new FMatrixRMaj(0, 0));
    Arrays.setAll(gradients, l -> new FMatrixRMaj(0, 0));
    for (int l = 0; l < n; l++) {
      layers[l] = new LinearLayer(shapes.get(l), algebra);
      if (all.has(norm(group, l))) {
        shiftShapes.add(all.get(norm(group, l)));
        norms[l] = new BatchNorm(shapes.get(l).out());
        shifts[l] = new LinearLayer(shiftShapes.get(l), algebra);
      }
    }
  }

  /** The layers of a group. */
  public static List<Layer> layers(
      String group, int in, Layer.Axis axis, List<Integer> units, boolean normalized) {
    List<Layer> layers = new ArrayList<>();
    int inputs = in;
    for (int l = 0; l < units.size(); l++) {
      Layer layer = Layer.of(group + "." + l, inputs, units.get(l));
      layers.add(l == 0 ? layer.from(axis) : layer);
      if (normalized) {
        layers.add(Layer.of(norm(group, l), 0, units.get(l)).normalized(true));
      }
      inputs = units.get(l);
    }
    return layers;
  }

  private static String norm(String group, int l) {
    return "%s.%s.norm".formatted(group, l);
  }

  public void values(float[] all) {
    for (int l = 0; l < layers.length; l++) {
      layers[l].values(all);
      if (norms[l] != null) {
        norms[l].scale(all, shiftShapes.get(l).scales());
        shifts[l].values(all);
      }
    }
  }

  /** Computes the last layer's units of inputs, which must stay as they are for the way back. */
  public FMatrixRMaj forward(FMatrixRMaj input, boolean isTraining) {
    training = isTraining;
    x[0] = input;
    for (int l = 0; l < layers.length; l++) {
      layers[l].forward(x[l], linear[l]);
      multiplyHalves(linear[l], x[l + 1]);
      if (norms[l] != null) {
        norms[l].forward(x[l + 1], training);
        shifts[l].addBiases(x[l + 1], Float.NEGATIVE_INFINITY);
      }
      if (training) {
        dropout.forward(x[l + 1], firstNumber + l);
      }
    }
    return x[layers.length];
  }

  /**
   * Adds the parameters' gradients for the examples of the last forward pass.
   *
   * @param outputGradients by the last layer's units; changed in place
   * @return the gradients by the input
   */
  public FMatrixRMaj backward(FMatrixRMaj outputGradients) {
    FMatrixRMaj gradient = outputGradients;
    for (int l = layers.length - 1; l >= 0; l--) {
      if (training) {
        dropout.forward(gradient, firstNumber + l); // what dropped out passes nothing back
      }
      if (norms[l] != null) {
        shifts[l].addBiasGradients(gradient);
        norms[l].backward(gradient);
      }
      throughHalves(gradient, linear[l]);
      layers[l].backward(x[l], linearGradient, gradients[l]);
      gradient = gradients[l];
    }
    return gradient;
  }

  private static void multiplyHalves(FMatrixRMaj from, FMatrixRMaj to) {
    int n = from.numCols;
    int half = n / 2;
    to.reshape(from.numRows, n);
    for (int at = 0; at < from.getNumElements(); at += n) {
      for (int j = at; j < at + half; j++) {
        to.data[j] = from.data[j];
        to.data[j + half] = from.data[j] * from.data[j + half];
      }
    }
  }

  private void throughHalves(FMatrixRMaj gradient, FMatrixRMaj of) {
    int n = of.numCols;
    int half = n / 2;
    linearGradient.reshape(of.numRows, n);
    for (int at = 0; at < of.getNumElements(); at += n) {
      for (int j = at; j < at + half; j++) {
        float product = gradient.data[j + half];
        linearGradient.data[j] = gradient.data[j] + product * of.data[j + half];
        linearGradient.data[j + half] = product * of.data[j];
      }
    }
  }

  /** Forgets example i, so that with gradient 0 it adds nothing, not even infinity times 0. */
  public void blank(int i) {
    for (int l = 0; l < layers.length; l++) {
      Rows.clear(x[l], i);
      Rows.clear(linear[l], i);
      layers[l].blank(i);
    }
    Rows.clear(x[layers.length], i);
  }

  public void drain(float[] all) {
    for (int l = 0; l < layers.length; l++) {
      layers[l].drain(all);
      if (norms[l] != null) {
        shifts[l].drain(all);
        norms[l].drain(all, shiftShapes.get(l).scales());
      }
    }
  }

  public float[] running() {
    return BatchNorm.running(norms);
  }

  /** Takes over what {@link #running} gave, from an index on; returns the index behind it. */
  public int running(float[] all, int from) {
    return BatchNorm.running(norms, all, from);
  }
}
