package io.freshet.model;

import java.util.Arrays;

/**
 * Adagrad, element by element (Duchi, Hazan, Singer 2011, JMLR 12, with a diagonal matrix).
 *
 * <p>The slot is the accumulator n, which starts above 0:
 *
 * <pre>
 * n += g²
 * x -= rate · g / √n
 * </pre>
 */
final class Adagrad implements Optimizer {
  private final float rate;
  private final float initialAccumulator;

  Adagrad(OptimizerSettings.Adagrad settings) {
    rate = settings.learningRate();
    initialAccumulator = settings.initialAccumulator();
  }

  @Override
  public int slots() {
    return 1;
  }

  @Override
  public void start(float[] a, int p, int s, int n) {
    Arrays.fill(a, s, s + n, initialAccumulator);
  }

  @Override
  public void read(float[] a, int p, int s, int n, float[] value, int v) {
    System.arraycopy(a, p, value, v, n);
  }

  @Override
  public void update(float[] a, int p, int s, int n, float[] gradient, int g) {
    for (int i = 0; i < n; i++) {
      float slope = gradient[g + i];
      float accumulator = a[s + i] + slope * slope;
      a[s + i] = accumulator;
      a[p + i] -= rate * slope / (float) Math.sqrt(accumulator);
    }
  }
}
