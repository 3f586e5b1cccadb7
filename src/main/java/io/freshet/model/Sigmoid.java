package io.freshet.model;

/** From a logit to a probability. */
final class Sigmoid {
  private Sigmoid() {}

  static float of(float logit) {
    return (float) (1 / (1 + Math.exp(-logit)));
  }
}
