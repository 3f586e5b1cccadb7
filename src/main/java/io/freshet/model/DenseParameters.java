package io.freshet.model;

/**
 * A replica of the deep part's parameters, as one vector for exchange and as matrices for the
 * arithmetic.
 *
 * <p>Plane 0 is the vector of stored parameters, planes 1 … {@link #planes()} - 1 their optimiser
 * slots; each has {@link #size()} floats.
 */
public final class DenseParameters {

  /** The parameters every learner starts with, from the seed alone. */
  public static DenseParameters start(
      int fields, ModelSettings model, OptimizerSettings optimizer) {
    throw new IllegalStateException("stub");
  }

  /** Number of parameters; 0 where there is no deep part. */
  public int size() {
    throw new IllegalStateException("stub");
  }

  /** 1 + slots of a parameter. */
  public int planes() {
    throw new IllegalStateException("stub");
  }

  /** Copies n floats of a plane, from parameter {@code from} on, to {@code target[at …]}. */
  public void read(int plane, int from, int n, float[] target, int at) {
    throw new IllegalStateException("stub");
  }

  /** Replaces n floats of a plane, from parameter {@code from} on, by {@code source[at …]}. */
  public void write(int plane, int from, int n, float[] source, int at) {
    throw new IllegalStateException("stub");
  }
}
