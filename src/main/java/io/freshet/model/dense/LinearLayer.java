package io.freshet.model.dense;

import io.freshet.model.algebra.LayerProducts;
import io.freshet.model.algebra.LinearAlgebra;
import java.util.Arrays;
import org.ejml.data.FMatrixRMaj;

/**
 * The parameters of one linear layer, in the form in which they are multiplied, and their
 * gradients, which gather until they are drained.
 *
 * <p>Rows of matrices go through an array apart: in this form the JIT compiler (C2 of JDK 17) makes
 * vector instructions.
 */
final class LinearLayer {
  final LayerProducts products;

  private final DenseShape.Layer shape;
  private final float[] biases;
  private final float[] biasGradients;
  private final float[] row; // of a matrix, one at a time

  LinearLayer(DenseShape.Layer shape, LinearAlgebra algebra) {
    this.shape = shape;
    products = algebra.products(shape.in(), shape.out());
    biases = new float[shape.out()];
    biasGradients = new float[shape.out()];
    row = new float[shape.out()];
  }

  /** Takes its part of the weights of all dense parameters. */
  void values(float[] all) {
    products.weights(all, shape.weights());
    System.arraycopy(all, shape.biases(), biases, 0, shape.out());
  }

  /** Adds the biases to each row and raises what is below the floor: 0 for a ReLU. */
  void addBiases(FMatrixRMaj m, float floor) {
    int n = row.length;
    for (int at = 0; at < m.getNumElements(); at += n) {
      System.arraycopy(m.data, at, row, 0, n);
      for (int j = 0; j < n; j++) {
        row[j] = Math.max(floor, row[j] + biases[j]);
      }
      System.arraycopy(row, 0, m.data, at, n);
    }
  }

  /** Adds output gradients, one row an example, to the gradients of the biases. */
  void addBiasGradients(FMatrixRMaj m) {
    int n = row.length;
    for (int at = 0; at < m.getNumElements(); at += n) {
      System.arraycopy(m.data, at, row, 0, n);
      for (int j = 0; j < n; j++) {
        biasGradients[j] += row[j];
      }
    }
  }

  /** Writes its part of the gathered gradient of all dense parameters, and resets it. */
  void drain(float[] all) {
    products.drain(all, shape.weights());
    System.arraycopy(biasGradients, 0, all, shape.biases(), shape.out());
    Arrays.fill(biasGradients, 0);
  }
}
