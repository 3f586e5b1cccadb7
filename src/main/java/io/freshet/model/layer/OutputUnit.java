package io.freshet.model.layer;

import io.freshet.model.algebra.LinearAlgebra;
import org.ejml.data.FMatrixRMaj;

/** A linear unit that ends a dense part: from rows of units to one number an example. */
public final class OutputUnit {
  private final LinearLayer layer;
  private final FMatrixRMaj output = new FMatrixRMaj(0, 0);
  private final FMatrixRMaj outputGradient = new FMatrixRMaj(0, 0);
  private final FMatrixRMaj unitGradients = new FMatrixRMaj(0, 0);
  private FMatrixRMaj units; // of the last forward pass

  public OutputUnit(Layer shape, LinearAlgebra algebra) {
    layer = new LinearLayer(shape, algebra);
  }

  public void values(float[] all) {
    layer.values(all);
  }

  /** Computes the output [m, 1] of units [m, in], which must stay as they are for the way back. */
  public FMatrixRMaj forward(FMatrixRMaj x) {
    units = x;
    layer.forward(x, output);
    return output;
  }

  /** What the last forward pass came to. */
  public FMatrixRMaj output() {
    return output;
  }

  /**
   * Adds the parameters' gradients.
   *
   * @param logitGradients by the output; one that is not a number counts as 0
   * @return the gradients by the units, [m, in]
   */
  public FMatrixRMaj backward(float[] logitGradients) {
    outputGradient.reshape(units.numRows, 1);
    for (int i = 0; i < units.numRows; i++) {
      outputGradient.data[i] = Float.isNaN(logitGradients[i]) ? 0 : logitGradients[i];
    }
    layer.backward(units, outputGradient, unitGradients);
    return unitGradients;
  }

  public void blank(int i) {
    Rows.clear(output, i);
    layer.blank(i);
  }

  public void drain(float[] all) {
    layer.drain(all);
  }
}
