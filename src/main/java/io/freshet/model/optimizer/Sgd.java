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
    return new DirectOptimizer(0, 0) {
      @Override
      public double prepare(float[] a, int p, int s, int stride, int n, float[] gradient, int g) {
        double change = 0;
        for (int i = g; i < g + n; i++) {
          float move = -learningRate * gradient[i];
          change -= move * gradient[i];
          gradient[i] = move;
        }
        return change;
      }
    };
  }
}
