package io.freshet.model.optimizer;

/** Stochastic gradient descent: {@code x -= rate · g}. */
public record Sgd(float learningRate) implements OptimizerSettings {
  static final OptimizerKind<Sgd> KIND =
      new OptimizerKind<>(
          Sgd.class,
          "sgd",
          "Stochastic gradient descent.",
          new Sgd(0.01f),
          (s, d) -> new Sgd(OptimizerKind.learningRate(s, d.learningRate)));

  public Sgd {
    Checks.positive("learning rate", learningRate);
  }

  @Override
  public Sgd scaled(float factor) {
    return new Sgd(factor * learningRate);
  }

  @Override
  public Optimizer optimizer() {
    return new Updater(this);
  }

  private static final class Updater implements Optimizer {
    private final float rate;

    Updater(Sgd settings) {
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
}
