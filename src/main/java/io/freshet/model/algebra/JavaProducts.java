package io.freshet.model.algebra;

import java.util.Arrays;
import org.ejml.data.FMatrixRMaj;

/**
 * The products in plain Java, for any machine.
 *
 * <p>Each is a sum of scaled rows, {@code target += c₀·r₀ + c₁·r₁ + c₂·r₂ + c₃·r₃}, four at a time,
 * every row a separate array: in this form, and not with rows inside one array, the JIT compiler
 * (C2 of JDK 17) makes vector instructions of it, five times as fast and more. It does so neither
 * for a dot product, hence the second, transposed copy of the weights. Coefficients of 0 are passed
 * over: behind a ReLU about half are.
 */
final class JavaProducts implements LayerProducts {
  /** Rows of weights that stay in the processor's cache while all examples pass over them. */
  private static final int BLOCK = 64;

  /** Floats of a cache line. */
  private static final int LINE = 16;

  private final float[][] weights; // [in][out]
  private final float[][] transposed; // [out][in]
  private boolean isTransposed; // since the weights changed
  private final float[][] gradient; // [in][out]
  private final float[][] held = new float[4][];
  private final float[] coefficients = new float[4];
  private float[][] results = new float[0][]; // one row an example, the wider of in and out
  private float[][] outputGradients = new float[0][];

  JavaProducts(int in, int out) {
    weights = new float[in][out];
    transposed = new float[out][in];
    gradient = new float[in][out];
  }

  @Override
  public void weights(float[] values, int from) {
    int out = transposed.length;
    for (int k = 0; k < weights.length; k++) {
      System.arraycopy(values, from + k * out, weights[k], 0, out);
    }
    isTransposed = false;
  }

  @Override
  public void forward(FMatrixRMaj x, FMatrixRMaj y) {
    multiply(x, weights, transposed.length, y);
  }

  @Override
  public void forward(FMatrixRMaj x, int[] own, FMatrixRMaj y) {
    int out = transposed.length;
    y.reshape(x.numRows, out);
    float[] common = common(x, own);
    for (int i = 0; i < x.numRows; i++) {
      System.arraycopy(common, 0, results[1], 0, out);
      for (int column : own) {
        addOne(x.data[i * x.numCols + column], weights[column], results[1], out);
      }
      System.arraycopy(results[1], 0, y.data, i * out, out);
    }
  }

  /** The product of what all rows of X have in common: of its first row without its own columns. */
  float[] common(FMatrixRMaj x, int[] own) {
    reserve(2);
    float[] row = Arrays.copyOf(x.data, x.numCols);
    for (int column : own) {
      row[column] = 0;
    }
    Arrays.fill(results[0], 0, transposed.length, 0);
    addRows(row, 0, 1, weights, 0, weights.length, results[0], transposed.length);
    return results[0];
  }

  @Override
  public void blank(int i) {
    // the inputs are the caller's
  }

  @Override
  public void backward(FMatrixRMaj x, FMatrixRMaj dy, FMatrixRMaj dx) {
    gather(x, dy);
    backward(dy, dx);
  }

  /** dX = dY · Wᵀ. */
  void backward(FMatrixRMaj dy, FMatrixRMaj dx) {
    for (int k = 0; k < weights.length && !isTransposed; k += LINE) {
      transpose(k, Math.min(k + LINE, weights.length));
    }
    isTransposed = true;
    multiply(dy, transposed, weights.length, dx);
  }

  private void gather(FMatrixRMaj x, FMatrixRMaj dy) {
    reserve(x.numRows);
    for (int i = 0; i < dy.numRows; i++) {
      System.arraycopy(dy.data, i * dy.numCols, outputGradients[i], 0, dy.numCols);
    }
    for (int k = 0; k < x.numCols; k++) {
      addRows(x.data, k, x.numCols, outputGradients, 0, x.numRows, gradient[k], dy.numCols);
    }
  }

  @Override
  public void drain(float[] target, int at) {
    int to = at;
    for (float[] row : gradient) {
      System.arraycopy(row, 0, target, to, row.length);
      Arrays.fill(row, 0);
      to += row.length;
    }
  }

  private void transpose(int from, int end) {
    for (int j = 0; j < transposed.length; j++) {
      for (int k = from; k < end; k++) {
        transposed[j][k] = weights[k][j];
      }
    }
  }

  /** C = A · B, where B's rows are {@code width} long. */
  private void multiply(FMatrixRMaj a, float[][] b, int width, FMatrixRMaj c) {
    c.reshape(a.numRows, width);
    reserve(a.numRows);
    for (int i = 0; i < a.numRows; i++) {
      Arrays.fill(results[i], 0, width, 0);
    }
    for (int k = 0; k < b.length; k += BLOCK) {
      int end = Math.min(k + BLOCK, b.length);
      for (int i = 0; i < a.numRows; i++) {
        addRows(a.data, i * a.numCols + k, 1, b, k, end, results[i], width);
      }
    }
    for (int i = 0; i < a.numRows; i++) {
      System.arraycopy(results[i], 0, c.data, i * width, width);
    }
  }

  /** Adds rows {@code from … end - 1} to the target, scaled by a[p], a[p + stride], …. */
  private void addRows(
      float[] a, int p, int stride, float[][] rows, int from, int end, float[] target, int width) {
    int n = 0;
    for (int row = from; row < end; row++) {
      float coefficient = a[p + (row - from) * stride];
      if (coefficient != 0) {
        coefficients[n] = coefficient;
        held[n++] = rows[row];
        if (n == 4) {
          addFour(coefficients, held[0], held[1], held[2], held[3], target, width);
          n = 0;
        }
      }
    }
    for (int h = 0; h < n; h++) {
      addOne(coefficients[h], held[h], target, width);
    }
  }

  private static void addFour(
      float[] c, float[] r0, float[] r1, float[] r2, float[] r3, float[] target, int width) {
    float c0 = c[0];
    float c1 = c[1];
    float c2 = c[2];
    float c3 = c[3];
    for (int j = 0; j < width; j++) {
      target[j] += c0 * r0[j] + c1 * r1[j] + c2 * r2[j] + c3 * r3[j];
    }
  }

  private static void addOne(float coefficient, float[] row, float[] target, int width) {
    for (int j = 0; j < width; j++) {
      target[j] += coefficient * row[j];
    }
  }

  private void reserve(int examples) {
    if (results.length < examples) {
      int width = Math.max(weights.length, transposed.length);
      results = new float[2 * examples][width];
      outputGradients = new float[2 * examples][transposed.length];
    }
  }
}
