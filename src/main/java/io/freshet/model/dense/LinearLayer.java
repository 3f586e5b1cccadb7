package io.freshet.model.dense;

import io.freshet.model.algebra.LayerProducts;
import io.freshet.model.algebra.LinearAlgebra;
import java.util.Arrays;

/** The parameters of one linear layer, in the form in which they are multiplied. */
final class LinearLayer {
  private final DenseShape.Layer shape;

  /** Of the weights. */
  final LayerProducts products;

  final float[] biases;

  /** Gathers until it is drained. */
  final float[] biasGradients;

  LinearLayer(DenseShape.Layer shape, LinearAlgebra algebra) {
    this.shape = shape;
    products = algebra.products(shape.in(), shape.out());
    biases = new float[shape.out()];
    biasGradients = new float[shape.out()];
  }

  /** Takes over its part of the finished values of all parameters. */
  void values(float[] all) {
    products.weights(all, shape.weights());
    System.arraycopy(all, shape.biases(), biases, 0, shape.out());
  }

  /** Writes its part of the gathered gradient of all parameters, and resets it. */
  void drain(float[] all) {
    products.drain(all, shape.weights());
    System.arraycopy(biasGradients, 0, all, shape.biases(), shape.out());
    Arrays.fill(biasGradients, 0);
  }
}
