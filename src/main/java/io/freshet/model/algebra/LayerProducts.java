package io.freshet.model.algebra;

import org.ejml.data.FMatrixRMaj;

/**
 * The three matrix products of one layer: the seam behind which the linear algebra can change.
 *
 * <p>An implementation keeps its own copy of the weights W [in, out] and of their gradient, in
 * whatever memory suits it: weights change only with a dense step, and the gradient is wanted only
 * then, while the products run for every row step, on as few as two examples. Activations X [m, in]
 * and output gradients dY [m, out] have one row an example and stay with the caller.
 */
public interface LayerProducts {

  /** Takes over the weights {@code values[from …]}, row by row. */
  void weights(float[] values, int from);

  /** Y = X · W. */
  void forward(FMatrixRMaj x, FMatrixRMaj y);

  /**
   * The same where most columns of X have one value in all rows: those are multiplied once. There
   * is no way back from it.
   *
   * @param own the other columns, ascending
   */
  void forward(FMatrixRMaj x, int[] own, FMatrixRMaj y);

  /** Example i of the last {@link #forward} is left out: its inputs have been set to 0. */
  void blank(int i);

  /**
   * Gradient += Xᵀ · dY, and dX = dY · Wᵀ.
   *
   * @param x that of the last {@link #forward}, but for examples that were blanked
   */
  void backward(FMatrixRMaj x, FMatrixRMaj dy, FMatrixRMaj dx);

  /** Writes the gradient to {@code target[at …]}, row by row, and resets it to 0. */
  void drain(float[] target, int at);
}
