package io.freshet.model;

import java.util.Arrays;
import org.ejml.data.FMatrixRMaj;
import org.ejml.dense.row.CommonOps_FDRM;

/**
 * The products in plain Java, for any machine.
 *
 * <p>Each is a sum of scaled rows, {@code target += c₀·r₀ + c₁·r₁ + c₂·r₂ + c₃·r₃}, four at a time,
 * which the JIT compiler turns into vector instructions (a dot product it does not: hence the
 * second, transposed copy of the weights). Coefficients of 0 are passed over: behind a ReLU about
 * half are.
 */
final class JavaProducts implements LayerProducts {
  /** Rows of W that stay in the first-level cache while all examples pass over them. */
  private static final int BLOCK = 16;

  private final FMatrixRMaj weights;
  private final FMatrixRMaj transposed;
  private final FMatrixRMaj gradient;
  private final int[] rows = new int[4];
  private final float[] coefficients = new float[4];

  JavaProducts(int in, int out) {
    weights = new FMatrixRMaj(in, out);
    transposed = new FMatrixRMaj(out, in);
    gradient = new FMatrixRMaj(in, out);
  }

  @Override
  public void weights(float[] values, int from) {
    System.arraycopy(values, from, weights.data, 0, weights.getNumElements());
    CommonOps_FDRM.transpose(weights, transposed);
  }

  @Override
  public void forward(FMatrixRMaj x, FMatrixRMaj y) {
    multiply(x, weights, y);
  }

  @Override
  public void backward(FMatrixRMaj dy, FMatrixRMaj dx) {
    multiply(dy, transposed, dx);
  }

  @Override
  public void gather(FMatrixRMaj x, FMatrixRMaj dy) {
    for (int k = 0; k < x.numCols; k++) {
      addRows(
          x.data, k, x.numCols, dy.data, 0, x.numRows, gradient.data, k * dy.numCols, dy.numCols);
    }
  }

  @Override
  public void drain(float[] target, int at) {
    System.arraycopy(gradient.data, 0, target, at, gradient.getNumElements());
    gradient.zero();
  }

  /** C = A · B. */
  private void multiply(FMatrixRMaj a, FMatrixRMaj b, FMatrixRMaj c) {
    c.reshape(a.numRows, b.numCols);
    Arrays.fill(c.data, 0, c.getNumElements(), 0);
    for (int k = 0; k < b.numRows; k += BLOCK) {
      int n = Math.min(BLOCK, b.numRows - k);
      for (int i = 0; i < a.numRows; i++) {
        addRows(a.data, i * a.numCols + k, 1, b.data, k, n, c.data, i * c.numCols, c.numCols);
      }
    }
  }

  /**
   * Adds rows {@code from … from + n - 1} of b, each {@code width} long, to {@code c[at …]}, scaled
   * by a[p], a[p + stride], ….
   */
  private void addRows(
      float[] a, int p, int stride, float[] b, int from, int n, float[] c, int at, int width) {
    int held = 0;
    for (int i = 0; i < n; i++) {
      float coefficient = a[p + i * stride];
      if (coefficient != 0) {
        coefficients[held] = coefficient;
        rows[held++] = (from + i) * width;
        if (held == 4) {
          addFour(b, c, at, width);
          held = 0;
        }
      }
    }
    for (int h = 0; h < held; h++) {
      addOne(coefficients[h], b, rows[h], c, at, width);
    }
  }

  private void addFour(float[] b, float[] c, int at, int width) {
    float c0 = coefficients[0];
    float c1 = coefficients[1];
    float c2 = coefficients[2];
    float c3 = coefficients[3];
    int r0 = rows[0];
    int r1 = rows[1];
    int r2 = rows[2];
    int r3 = rows[3];
    for (int j = 0; j < width; j++) {
      c[at + j] += c0 * b[r0 + j] + c1 * b[r1 + j] + c2 * b[r2 + j] + c3 * b[r3 + j];
    }
  }

  private static void addOne(float coefficient, float[] b, int row, float[] c, int at, int width) {
    for (int j = 0; j < width; j++) {
      c[at + j] += coefficient * b[row + j];
    }
  }
}
