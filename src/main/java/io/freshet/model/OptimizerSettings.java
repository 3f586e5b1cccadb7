package io.freshet.model;

/** Which optimiser moves a group of parameters, and its rates. */
public sealed interface OptimizerSettings {

  /** Stochastic gradient descent. */
  record Sgd(float learningRate) implements OptimizerSettings {
    public Sgd {
      Checks.positive("learning rate", learningRate);
    }
  }

  /** Adagrad, element by element (Duchi et al. 2011). */
  record Adagrad(float learningRate, float initialAccumulator) implements OptimizerSettings {
    public Adagrad {
      Checks.positive("learning rate", learningRate);
      Checks.positive("initial accumulator", initialAccumulator);
    }
  }

  /** FTRL-proximal (McMahan et al. 2013). */
  record Ftrl(float alpha, float beta, float l1, float l2) implements OptimizerSettings {
    public Ftrl {
      Checks.positive("alpha", alpha);
      Checks.positive("beta", beta);
      Checks.notNegative("l1", l1);
      Checks.notNegative("l2", l2);
    }
  }
}
