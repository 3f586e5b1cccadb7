package io.freshet.model.optimizer;

/** The optimizer of given settings: the one place to add another. */
public final class Optimizers {
  private Optimizers() {}

  public static Optimizer of(OptimizerSettings settings) {
    if (settings instanceof OptimizerSettings.Sgd sgd) {
      return new Sgd(sgd);
    }
    if (settings instanceof OptimizerSettings.Adagrad adagrad) {
      return new Adagrad(adagrad);
    }
    if (settings instanceof OptimizerSettings.RowWiseAdagrad rowWise) {
      return new RowWiseAdagrad(rowWise);
    }
    if (settings instanceof OptimizerSettings.Ftrl ftrl) {
      return new Ftrl(ftrl);
    }
    if (settings instanceof OptimizerSettings.Adam adam) {
      return new Adam(adam);
    }
    if (settings instanceof OptimizerSettings.Momentum momentum) {
      return new Momentum(momentum);
    }
    throw new IllegalStateException("no optimizer for " + settings);
  }
}
