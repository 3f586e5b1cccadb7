package io.freshet.model.network;

import org.ejml.data.FMatrixRMaj;

/** The dense part of several tasks: a term for each of them, of the same embeddings. */
public interface TaskNetworks {
  /** Says which tasks' terms an example needs. */
  interface Needs {
    boolean of(int example, int task);
  }

  /** Takes over finished values of all parameters. */
  void values(float[] all);

  /** Computes the terms of embeddings [m, in], which must stay as they are for the way back. */
  void forward(FMatrixRMaj embeddings, Needs needs, boolean training);

  /** The term of a task of an example; 0 where the example did not need it. */
  float output(int task, int example);

  /** See {@link DenseNetwork#isTaught}. */
  default boolean isTaught() {
    return false;
  }

  /** Teaches the network of a task: see {@link DenseNetwork#teach}. */
  default void teach(int task, float[] logits, float[] weights) {}

  /**
   * Adds the parameters' gradients for the examples of the last forward pass.
   *
   * @param logitGradients by task, then by example: 0 for one that does not need the task; one that
   *     is not a number, as it then is for all tasks, leaves its example out
   * @return the gradients by the embeddings, [m, in]
   */
  FMatrixRMaj backward(float[][] logitGradients, int examples, int units);

  /** Writes the gathered gradients, in the order of the parameters, and resets them. */
  void drain(float[] gradient);
}
