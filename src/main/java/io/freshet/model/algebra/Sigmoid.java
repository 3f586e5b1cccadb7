package io.freshet.model.algebra;

/** From a logit to a probability. */
public final class Sigmoid {
  private Sigmoid() {}

  public static float of(float logit) {
    return (float) (1 / (1 + Math.exp(-logit)));
  }
}
