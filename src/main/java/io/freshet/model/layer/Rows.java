package io.freshet.model.layer;

import java.util.Arrays;
import org.ejml.data.FMatrixRMaj;

/** Rows of matrices that have one an example. */
public final class Rows {
  private Rows() {}

  /** Sets row i to 0. */
  public static void clear(FMatrixRMaj m, int i) {
    Arrays.fill(m.data, i * m.numCols, (i + 1) * m.numCols, 0);
  }

  /** Makes a matrix of zeros. */
  public static void zeros(FMatrixRMaj m, int rows, int columns) {
    m.reshape(rows, columns);
    Arrays.fill(m.data, 0, rows * columns, 0);
  }

  /** Adds a matrix of the same size. */
  public static void add(FMatrixRMaj from, FMatrixRMaj to) {
    for (int i = 0; i < to.getNumElements(); i++) {
      to.data[i] += from.data[i];
    }
  }

  /** Copies columns {@code at …} of x, as many as y has, to y. */
  public static void columns(FMatrixRMaj x, int at, FMatrixRMaj y) {
    for (int i = 0; i < y.numRows; i++) {
      System.arraycopy(x.data, i * x.numCols + at, y.data, i * y.numCols, y.numCols);
    }
  }

  /** Copies y to columns {@code at …} of x. */
  public static void intoColumns(FMatrixRMaj y, FMatrixRMaj x, int at) {
    for (int i = 0; i < y.numRows; i++) {
      System.arraycopy(y.data, i * y.numCols, x.data, i * x.numCols + at, y.numCols);
    }
  }
}
