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

  /** Moves n parameters by their summed gradient {@code gradient[g …]}. */
  void update(float[] a, int p, int s, int n, float[] gradient, int g);
}
