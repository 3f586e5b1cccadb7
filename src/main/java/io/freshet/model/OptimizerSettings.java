package io.freshet.model;

import java.io.Serializable;

/** Which optimiser moves a group of parameters, and its rates. */
public sealed interface OptimizerSettings extends Serializable {

  /** Stochastic gradient descent. */
  record Sgd(float learningRate) implements OptimizerSettings {
    public Sgd {
      Checks.positive("learning rate", learningRate);
    }

    @Override
    public Sgd scaled(float factor) {
      return new Sgd(factor * learningRate);
    }
  }

  /** Adagrad, element by element (Duchi et al. 2011). */
  record Adagrad(float learningRate, float initialAccumulator) implements OptimizerSettings {
    public Adagrad {
      Checks.positive("learning rate", learningRate);
      Checks.positive("initial accumulator", initialAccumulator);
    }

    @Override
    public Adagrad scaled(float factor) {
      return new Adagrad(factor * learningRate, initialAccumulator);
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

    /** The value of a parameter is derived by the constants. */
    @Override
    public boolean storesAs(OptimizerSettings other) {
      return equals(other);
    }

    @Override
    public Ftrl scaled(float factor) {
      return new Ftrl(factor * alpha, beta, l1, l2);
    }
  }

  /** Adam (Kingma and Ba 2015); AdamW where the weight decay is above 0. */
  record Adam(float learningRate, float beta1, float beta2, float epsilon, float weightDecay)
      implements OptimizerSettings {
    public Adam {
      Checks.positive("learning rate", learningRate);
      Checks.share("beta1", beta1);
      Checks.share("beta2", beta2);
      Checks.positive("epsilon", epsilon);
      Checks.notNegative("weight decay", weightDecay);
    }

    @Override
    public boolean decays() {
      return true;
    }

    @Override
    public Adam scaled(float factor) {
      return new Adam(factor * learningRate, beta1, beta2, epsilon, weightDecay);
    }
  }

  /** Gradient descent with momentum (Polyak 1964). */
  record Momentum(float learningRate, float momentum) implements OptimizerSettings {
    public Momentum {
      Checks.positive("learning rate", learningRate);
      Checks.share("momentum", momentum);
    }

    @Override
    public boolean decays() {
      return true;
    }

    @Override
    public Momentum scaled(float factor) {
      return new Momentum(factor * learningRate, momentum);
    }
  }

  /**
   * Whether slots or parameters shrink from step to step. What shrinks cannot be added up across
   * trainers: each would take its own share away, and sums change their sign.
   */
  default boolean decays() {
    return false;
  }

  /** Whether floats that the other stored mean the same parameters and slots here. */
  default boolean storesAs(OptimizerSettings other) {
    return getClass() == other.getClass();
  }

  /** The same at so many times the rate. */
  OptimizerSettings scaled(float factor);
}
