package io.freshet.model.network;

import org.ejml.data.FMatrixRMaj;

/**
 * The dense part of a model: the term of its logit that layers make of all field embeddings;
 * forward and backward over the examples of a row step.
 *
 * <p>Gradients gather over calls of {@link #backward} until they are drained. Matrices have one row
 * an example and are reused; they grow with the largest step seen.
 */
public interface DenseNetwork {
  /** Takes over finished values of all parameters. */
  void values(float[] all);

  /**
   * Computes the term [m, 1] of embeddings [m, in], which must stay as they are for the way back.
   *
   * @param training whether units drop out, and are normalized by this batch's own mean
   */
  FMatrixRMaj forward(FMatrixRMaj embeddings, boolean training);

  /** Whether it learns from the whole prediction too, and is to be {@linkplain #teach taught}. */
  default boolean isTaught() {
    return false;
  }

  /**
   * Says what is predicted for the examples of the last forward pass, before the way back.
   *
   * @param logits whole ones
   * @param weights of the examples; 0 leaves one out
   */
  default void teach(float[] logits, float[] weights) {}

  /**
   * Adds the parameters' gradients for the examples of the last forward pass.
   *
   * @param logitGradients of the examples' losses by the logit; one that is not a number leaves its
   *     example out
   * @return the gradients by the embeddings, [m, in]
   */
  FMatrixRMaj backward(float[] logitGradients);

  /** Writes the gathered gradients, in the order of the parameters, and resets them. */
  void drain(float[] gradient);

  /** What normalization has learned without gradients. */
  float[] running();

  void running(float[] all);
}
