package io.freshet.model.optimizer;

/**
 * Moves parameters against their gradients. One optimizer serves the whole table or network: what
 * it remembers of a parameter is kept in that parameter's slots.
 *
 * <p>A vector of {@code n} parameters is at {@code a[p …]}, its slots, {@link #slotWidth} floats,
 * at {@code a[s …]}: planes of {@code n} floats, one after the other, or a single float where all
 * parameters share it. What it stores for a parameter may differ from the parameter's value (FTRL
 * stores z), so values are read through {@link #read}.
 *
 * <p>Not thread-safe: an optimizer may keep scratch memory.
 */
public interface Optimizer {
  /**
   * What a sum of squares is held below, so that no stream of large gradients makes it infinite.
   */
  float MAX_SUM = 1e37f;

  /** Floats that the slots of a vector of n parameters take. */
  int slotWidth(int n);

  /** Turns n initial values at {@code a[p …]} into stored parameters, and sets their slots. */
  void start(float[] a, int p, int s, int n);

  /** The values of n parameters: {@code value[v …]}. */
  void read(float[] a, int p, int s, int n, float[] value, int v);

  /**
   * Readies a step by the summed gradient {@code gradient[g …]}: takes it into the slots and
   * replaces it with how far each stored parameter is to move, which {@link #move} then does, all
   * or in part. The values stay what they are until then.
   *
   * @param s of the first slot of the first parameter; that of parameter i is {@code s + i}, its
   *     next slots each {@code stride} further
   * @param stride between the slots of a parameter: n where the n parameters are the whole vector
   * @return the sum of |gradient × change of the value|: by how much the step as a whole changes
   *     what its gradient is of, to first order
   */
  double prepare(float[] a, int p, int s, int stride, int n, float[] gradient, int g);

  /** Moves n stored parameters by a share of what was readied, {@code moves[m …]}. */
  static void move(float[] a, int p, int n, float[] moves, int m, float share) {
    for (int i = 0; i < n; i++) {
      a[p + i] += share * moves[m + i];
    }
  }

  /** Takes a whole step; {@code gradient[g …]} holds the moves afterwards. */
  default void update(float[] a, int p, int s, int n, float[] gradient, int g) {
    prepare(a, p, s, n, n, gradient, g);
    move(a, p, n, gradient, g, 1);
  }
}
