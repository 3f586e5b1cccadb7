package io.freshet.train.dense;

/**
 * The cut of the dense parameters into slices of nearly equal length.
 *
 * @param size parameters of the dense part
 * @param slices number of slices, at most that of the parameters
 */
public record DenseSlicing(int size, int slices) {

  public DenseSlicing {
    slices = Math.min(slices, size);
  }

  /** Index of the first parameter of a slice. */
  public int from(int slice) {
    return (int) ((long) slice * size / slices);
  }

  /** Number of parameters in a slice. */
  public int length(int slice) {
    return from(slice + 1) - from(slice);
  }
}
