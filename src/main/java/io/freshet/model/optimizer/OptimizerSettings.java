package io.freshet.model.optimizer;

import java.io.Serializable;

/** Which optimizer moves a group of parameters, and its rates. */
public sealed interface OptimizerSettings extends Serializable {
  /** As a cap of accumulators: none. */
  float NO_CAP = Float.POSITIVE_INFINITY;

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

  /**
   * Adagrad, element by element (Duchi et al. 2011).
   *
   * @param accumulatorCap above which accumulators do not count, so that the rate does not fall
   *     below {@code learningRate / √accumulatorCap}; {@link #NO_CAP} for none
   */
  record Adagrad(float learningRate, float initialAccumulator, float accumulatorCap)
      implements OptimizerSettings {
    public Adagrad {
      Checks.positive("learning rate", learningRate);
      Checks.positive("initial accumulator", initialAccumulator);
      Checks.cap(accumulatorCap, initialAccumulator);
    }

    public Adagrad(float learningRate, float initialAccumulator) {
      this(learningRate, initialAccumulator, NO_CAP);
    }

    @Override
    public Adagrad scaled(float factor) {
      return new Adagrad(factor * learningRate, initialAccumulator, accumulatorCap);
    }
  }

  /**
   * Adagrad with one accumulator for each embedding vector, as FBGEMM's.
   *
   * @param accumulatorCap as Adagrad's
   */
  record RowWiseAdagrad(float learningRate, float initialAccumulator, float accumulatorCap)
      implements OptimizerSettings {
    public RowWiseAdagrad {
      Checks.positive("learning rate", learningRate);
      Checks.positive("initial accumulator", initialAccumulator);
      Checks.cap(accumulatorCap, initialAccumulator);
    }

    public RowWiseAdagrad(float learningRate, float initialAccumulator) {
      this(learningRate, initialAccumulator, NO_CAP);
    }

    @Override
    public boolean isForVectors() {
      return true;
    }

    @Override
    public RowWiseAdagrad scaled(float factor) {
      return new RowWiseAdagrad(factor * learningRate, initialAccumulator, accumulatorCap);
    }
  }

  /**
   * FTRL-proximal (McMahan et al. 2013).
   *
   * @param accumulatorCap above which n does not count, so that the rate does not fall below {@code
   *     alpha / (beta + √accumulatorCap)}; {@link #NO_CAP} for none
   */
  record Ftrl(float alpha, float beta, float l1, float l2, float accumulatorCap)
      implements OptimizerSettings {
    public Ftrl {
      Checks.positive("alpha", alpha);
      Checks.positive("beta", beta);
      Checks.notNegative("l1", l1);
      Checks.notNegative("l2", l2);
      Checks.cap(accumulatorCap, 0);
    }

    public Ftrl(float alpha, float beta, float l1, float l2) {
      this(alpha, beta, l1, l2, NO_CAP);
    }

    /** The value of a parameter is derived by the constants. */
    @Override
    public boolean storesAs(OptimizerSettings other) {
      return equals(other);
    }

    @Override
    public Ftrl scaled(float factor) {
      return new Ftrl(factor * alpha, beta, l1, l2, accumulatorCap);
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
    public Sgd merged() {
      return new Sgd(learningRate);
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
    public Sgd merged() {
      return new Sgd(learningRate);
    }

    @Override
    public Momentum scaled(float factor) {
      return new Momentum(factor * learningRate, momentum);
    }
  }

  /**
   * Whether slots shrink from step to step. What shrinks cannot be added up across trainers: each
   * would take its own share away, and sums change their sign.
   */
  default boolean decays() {
    return false;
  }

  /** Whether floats that the other stored mean the same parameters and slots here. */
  default boolean storesAs(OptimizerSettings other) {
    return getClass() == other.getClass();
  }

  /**
   * As what those see the optimizer who merge what several trainers learned: without slots where
   * these decay and stay with each trainer.
   */
  default OptimizerSettings merged() {
    return this;
  }

  /**
   * Whether the parameters of a vector share slots, so that it always moves as a whole: for
   * embedding vectors only.
   */
  default boolean isForVectors() {
    return false;
  }

  /** The same at so many times the rate. */
  OptimizerSettings scaled(float factor);
}
