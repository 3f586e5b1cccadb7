package io.freshet.model.optimizer;

/**
 * Gradient descent with momentum (Polyak 1964), the slot u being the velocity:
 *
 * <pre>
 * u = momentum · u + g
 * x -= rate · u
 * </pre>
 *
 * Velocities decay, so they are no sums that trainers could add up: each keeps its own.
 */
public record Momentum(float learningRate, float momentum) implements OptimizerSettings {
  static final OptimizerKind<Momentum> KIND =
      new OptimizerKind<>(
          Momentum.class,
          "momentum",
          "Gradient descent with momentum (Polyak 1964). Rows allow it with one trainer only.",
          new Momentum(0.01f, 0.9f),
          (s, d) ->
              new Momentum(
                  OptimizerKind.learningRate(s, d.learningRate),
                  s.option("momentum", "Decay of the velocity.")
                      .get(OptimizerKind.DECAY, d.momentum)));

  public Momentum {
    Checks.positive("learning rate", learningRate);
    Checks.share("momentum", momentum);
  }

  @Override
  public Sgd merged() {
    return new Sgd(learningRate);
  }

  @Override
  public Momentum scaled(float factor) {
    return new Momentum(factor * learningRate, momentum);
  }

  @Override
  public Optimizer optimizer() {
    return new DirectOptimizer(1, 0) {
      @Override
      public double prepare(float[] a, int p, int s, int stride, int n, float[] gradient, int g) {
        double change = 0;
        for (int i = 0; i < n; i++) {
          float grad = gradient[g + i];
          a[s + i] = momentum * a[s + i] + grad;
          float move = -learningRate * a[s + i];
          change += Math.abs(move * grad);
          gradient[g + i] = move;
        }
        return change;
      }
    };
  }
}
