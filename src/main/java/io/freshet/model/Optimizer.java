package io.freshet.model;

/**
 * Moves parameters against their gradients. One optimiser serves the whole table or network: what
 * it remembers of a parameter stands in that parameter's slots.
 *
 * <p>Parameters lie in planes: {@code n} stored parameters at {@code a[p …]}, then {@link #slots()}
 * planes of {@code n} floats at {@code a[s …]}, {@code a[s + n …]}, … All that an optimiser stores
 * can be added up across trainers: what it stores for a parameter may differ from the parameter's
 * value (FTRL stores z), so values are read through {@link #read}.
 *
 * <p>Not thread-safe: an optimiser may keep scratch memory.
 */
public interface Optimizer {
  /**
   * What a sum of squares is held below, so that no stream of large gradients makes it infinite.
   */
  float MAX_SUM = 1e37f;

  /** Slots of a parameter. */
  int slots();

  /** Turns n initial values at {@code a[p …]} into stored parameters, and sets their slots. */
  void start(float[] a, int p, int s, int n);

  /** The values of n parameters: {@code value[v …]}. */
  void read(float[] a, int p, int s, int n, float[] value, int v);

  /** Moves n parameters by their summed gradient {@code gradient[g …]}. */
  void update(float[] a, int p, int s, int n, float[] gradient, int g);
}
