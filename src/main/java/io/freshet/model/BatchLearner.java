package io.freshet.model;

import io.freshet.feature.FeatureSchema;

/**
 * Learns a batch whose rows are at hand: splits it into row steps; for each predicts, then learns.
 *
 * <p>The one place where examples turn into parameter changes, for {@link LocalLearner} and the
 * job's trainers alike.
 */
public final class BatchLearner {

  public BatchLearner(
      FeatureSchema schema,
      ModelSettings model,
      LearningSettings learning,
      RowLayout layout,
      DenseParameters dense) {
    throw new IllegalStateException("stub");
  }

  /**
   * Predicts and learns every example of the batch.
   *
   * @param batch the examples
   * @param rows stored rows in batch-row order, {@code batch.rows() × layout.width()} floats (the
   *     array may be longer); changed in place
   * @param probabilities receives, for each example, the click probability predicted before it was
   *     learned
   */
  public void learn(MiniBatch batch, float[] rows, float[] probabilities) {
    throw new IllegalStateException("stub");
  }

  /** Takes the dense step of the examples learned since the last one, however few. */
  public void flushDense() {
    throw new IllegalStateException("stub");
  }
}
