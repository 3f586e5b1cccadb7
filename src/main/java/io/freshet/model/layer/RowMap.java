package io.freshet.model.layer;

import org.ejml.data.FMatrixRMaj;

/**
 * A map of matrices, row by row, with parameters of its own, whose gradients gather until they are
 * drained.
 */
public interface RowMap {
  /** Takes its part of all dense parameters. */
  void values(float[] all);

  /** Maps the rows of x, which must stay as they are for the way back. */
  void forward(FMatrixRMaj x, FMatrixRMaj y);

  /** Forgets row i, whose x has been set to 0, so that with gradient 0 it adds nothing. */
  void blank(int i);

  /** Adds the parameters' gradients, and passes dy on to dx. */
  void backward(FMatrixRMaj x, FMatrixRMaj dy, FMatrixRMaj dx);

  /** Writes its part of the gathered gradient of all dense parameters, and resets it. */
  void drain(float[] all);
}
