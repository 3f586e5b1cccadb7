package io.freshet.model.learn;

/**
 * What share of their steps first-order weights, embeddings and the dense part take, as {@link
 * io.freshet.model.Safeguards.StepCaps} allow: means that forget with a half-life of 700 steps.
 */
public final class StepShares {
  private static final double FORGETTING = 0.001;

  private double firstOrder = 1;
  private double embeddings = 1;
  private double dense = 1;

  StepShares() {}

  void ofRows(float firstOrderShare, float embeddingShare) {
    firstOrder += FORGETTING * (firstOrderShare - firstOrder);
    embeddings += FORGETTING * (embeddingShare - embeddings);
  }

  void ofDense(float share) {
    dense += FORGETTING * (share - dense);
  }

  public double firstOrder() {
    return firstOrder;
  }

  public double embeddings() {
    return embeddings;
  }

  public double dense() {
    return dense;
  }
}
