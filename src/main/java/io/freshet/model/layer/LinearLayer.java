package io.freshet.model.layer;

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
public final class LinearLayer implements RowMap {
  private final Layer shape;
  private final LayerProducts products;
  private final float[] biases;
  private final float[] biasGradients;
  private final float[] row; // of a matrix, one at a time

  public LinearLayer(Layer shape, LinearAlgebra algebra) {
    this.shape = shape;
    LinearAlgebra used = shape.in() == 0 ? LinearAlgebra.JAVA : algebra; // BLAS wants inputs
    products = used.products(shape.in(), shape.out());
    biases = new float[shape.out()];
    biasGradients = new float[shape.out()];
    row = new float[shape.out()];
  }

  @Override
  public void values(float[] all) {
    products.weights(all, shape.weights());
    if (shape.biased()) {
      System.arraycopy(all, shape.biases(), biases, 0, shape.out());
    }
  }

  /** Without the biases. */
  void multiply(FMatrixRMaj x, FMatrixRMaj y) {
    products.forward(x, y);
  }

  /** The same where all columns but some have one value in all rows; there is no way back. */
  void multiply(FMatrixRMaj x, int[] own, FMatrixRMaj y) {
    products.forward(x, own, y);
  }

  @Override
  public void forward(FMatrixRMaj x, FMatrixRMaj y) {
    multiply(x, y);
    addBiases(y, Float.NEGATIVE_INFINITY);
  }

  @Override
  public void blank(int i) {
    products.blank(i);
  }

  /** The gradients of the weights and of x, without those of the biases. */
  void multiplyBack(FMatrixRMaj x, FMatrixRMaj dy, FMatrixRMaj dx) {
    products.backward(x, dy, dx);
  }

  @Override
  public void backward(FMatrixRMaj x, FMatrixRMaj dy, FMatrixRMaj dx) {
    addBiasGradients(dy);
    multiplyBack(x, dy, dx);
  }

  /** Adds the biases to each row and raises what is below the floor: 0 for a ReLU. */
  void addBiases(FMatrixRMaj m, float floor) {
    int n = row.length;
    for (int at = 0; at < m.getNumElements() && shape.biased(); at += n) {
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
    for (int at = 0; at < m.getNumElements() && shape.biased(); at += n) {
      System.arraycopy(m.data, at, row, 0, n);
      for (int j = 0; j < n; j++) {
        biasGradients[j] += row[j];
      }
    }
  }

  @Override
  public void drain(float[] all) {
    products.drain(all, shape.weights());
    if (shape.biased()) {
      System.arraycopy(biasGradients, 0, all, shape.biases(), shape.out());
      Arrays.fill(biasGradients, 0);
    }
  }
}
