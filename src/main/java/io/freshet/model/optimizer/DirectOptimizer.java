package io.freshet.model.optimizer;

import java.util.Arrays;

/** An optimizer that stores values as they are, and whose optimizer slots start at one number. */
abstract class DirectOptimizer implements Optimizer {
  private final int slots;
  private final float initial;

  /**
   * @param slots of each parameter
   * @param initial what they start at
   */
  DirectOptimizer(int slots, float initial) {
    this.slots = slots;
    this.initial = initial;
  }

  @Override
  public int slotWidth(int n) {
    return slots * n;
  }

  @Override
  public final void start(float[] a, int p, int s, int n) {
    Arrays.fill(a, s, s + slotWidth(n), initial);
  }

  @Override
  public final void read(float[] a, int p, int s, int n, float[] value, int v) {
    System.arraycopy(a, p, value, v, n);
  }
}
