package io.freshet.model.layer;

import java.util.Arrays;
import org.ejml.data.FMatrixRMaj;

/**
 * Which columns of a matrix have one value in all rows: in a request the user and the page are the
 * same for all candidates, and so is what a layer makes of them.
 */
final class CommonColumns {
  /** Rows from which on the search is worth it. */
  private static final int MANY = 16;

  private float[] distances = new float[0]; // of the rows' values from the first row's
  private float[] first = new float[0];
  private float[] row = new float[0];
  private int[] own = new int[0];

  /** Whether a third of the columns or more are common; {@link #own} are the others. */
  boolean find(FMatrixRMaj of) {
    if (of.numRows < MANY) {
      return false;
    }
    int n = of.numCols;
    if (row.length != n) {
      first = new float[n];
      row = new float[n];
      distances = new float[n];
    }
    System.arraycopy(of.data, 0, first, 0, n);
    Arrays.fill(distances, 0);
    for (int at = n; at < of.getNumElements(); at += n) {
      System.arraycopy(of.data, at, row, 0, n);
      for (int j = 0; j < n; j++) {
        distances[j] += Math.abs(row[j] - first[j]); // 0 of equal ones only; never of what is NaN
      }
    }
    own = new int[n];
    int found = 0;
    for (int j = 0; j < n; j++) {
      if (distances[j] != 0) {
        own[found++] = j;
      }
    }
    own = Arrays.copyOf(own, found);
    return found <= n - n / 3;
  }

  /** The columns that are not common, ascending. */
  int[] own() {
    return own;
  }
}
