package io.freshet.model.input;

import java.util.Arrays;

/**
 * The positions of a sequence in the examples of a row step, one example's after the other, and
 * where the embeddings of its lists are: the sequence's own, and those that run along it.
 *
 * <p>A list may have no value at a position, as of an example from before there was the list; the
 * sequence has one at each.
 */
final class SequencePositions {
  static final int NONE = -1;

  final int[][] rows; // of each list, where its embedding at a position is among the weights
  int[] examples = new int[256]; // of each position
  float[] shares = new float[256];
  private final int k;
  private final int[] added; // of each list, those of the last example
  private int size;
  private int begun; // positions before those of the last example
  private float[] sums = new float[0]; // of each position, where there are several lists

  SequencePositions(int lists, int k) {
    this.k = k;
    added = new int[lists];
    rows = new int[lists][examples.length];
    Arrays.stream(rows).forEach(list -> Arrays.fill(list, NONE));
  }

  int size() {
    return size;
  }

  /** Begins a step. */
  void clear() {
    for (int list = 1; list < rows.length; list++) {
      Arrays.fill(rows[list], 0, Math.max(size, begun + added[list]), NONE);
    }
    size = 0;
    begun = 0;
    Arrays.fill(added, 0);
  }

  /** Begins an example, to which the values of each list are added in order. */
  void begin() {
    for (int list = 1; list < rows.length; list++) {
      int end = begun + added[list];
      if (end > size) { // at positions that the sequence does not have
        Arrays.fill(rows[list], size, end, NONE);
      }
    }
    begun = size;
    Arrays.fill(added, 0);
  }

  void add(int list, int example, int row, float share) {
    int at = begun + added[list]++;
    if (at == examples.length) {
      grow();
    }
    rows[list][at] = row;
    if (list == 0) {
      examples[at] = example;
      shares[at] = share;
      size = at + 1;
    }
  }

  private void grow() {
    int before = examples.length;
    examples = Arrays.copyOf(examples, 2 * before);
    shares = Arrays.copyOf(shares, 2 * before);
    for (int list = 0; list < rows.length; list++) {
      rows[list] = Arrays.copyOf(rows[list], 2 * before);
      Arrays.fill(rows[list], before, 2 * before, NONE);
    }
  }

  /** Behind the last position of the example whose first is given. */
  int end(int from) {
    int end = from + 1;
    while (end < size && examples[end] == examples[from]) {
      end++;
    }
    return end;
  }

  /** Computes the sum of each position's embeddings, which {@link #sums} then holds. */
  void sum(float[] weights) {
    if (rows.length == 1) {
      return;
    }
    if (sums.length < size * k) {
      sums = new float[2 * size * k];
    }
    Arrays.fill(sums, 0, size * k, 0);
    for (int[] list : rows) {
      for (int j = 0; j < size; j++) {
        for (int d = 0; list[j] != NONE && d < k; d++) {
          sums[j * k + d] += weights[list[j] + d];
        }
      }
    }
  }

  /** The array that holds the sums: of one list, they are the weights themselves. */
  float[] sums(float[] weights) {
    return rows.length == 1 ? weights : sums;
  }

  /** Where the sum of a position is in that array. */
  int sumAt(int j) {
    return rows.length == 1 ? rows[0][j] : j * k;
  }
}
