package io.freshet.model;

/** Which optimiser moves a group of parameters, and its rates. */
public sealed interface OptimizerSettings {

  /** Stochastic gradient descent. */
  record Sgd(float learningRate) implements OptimizerSettings {}

  /** Adagrad, element by element (Duchi et al. 2011). */
  record Adagrad(float learningRate, float initialAccumulator) implements OptimizerSettings {}

  /** FTRL-proximal (McMahan et al. 2013). */
  record Ftrl(float alpha, float beta, float l1, float l2) implements OptimizerSettings {}
}
