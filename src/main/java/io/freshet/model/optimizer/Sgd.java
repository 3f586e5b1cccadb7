package io.freshet.model.optimizer;

/** Stochastic gradient descent: {@code x -= rate · g}. */
public final class Sgd implements Optimizer {
  private final float rate;

  Sgd(OptimizerSettings.Sgd settings) {
    rate = settings.learningRate();
  }

  @Override
  public int slotWidth(int n) {
    return 0;
  }

  @Override
  public void start(float[] a, int p, int s, int n) {}

  @Override
  public void read(float[] a, int p, int s, int n, float[] value, int v) {
    System.arraycopy(a, p, value, v, n);
  }

  @Override
  public void update(float[] a, int p, int s, int n, float[] gradient, int g) {
    for (int i = 0; i < n; i++) {
      a[p + i] -= rate * gradient[g + i];
    }
  }
}
