package io.freshet.model.layer;

import io.freshet.model.algebra.LinearAlgebra;
import org.ejml.data.FMatrixRMaj;

/** A linear layer whose outputs are shares that add up to 1: softmax(x · W + b), row by row. */
public final class SoftmaxLayer implements RowMap {
  private final LinearLayer layer;
  private FMatrixRMaj shares; // of the last forward pass

  public SoftmaxLayer(Layer shape, LinearAlgebra algebra) {
    layer = new LinearLayer(shape, algebra);
  }

  @Override
  public void values(float[] all) {
    layer.values(all);
  }

  /** Maps the rows of x; y, too, must stay as it is for the way back. */
  @Override
  public void forward(FMatrixRMaj x, FMatrixRMaj y) {
    shares = y;
    layer.forward(x, y);
    softmax(y);
  }

  @Override
  public void blank(int i) {
    Rows.clear(shares, i);
    layer.blank(i);
  }

  /** Adds the parameters' gradients; dy is changed in place. */
  @Override
  public void backward(FMatrixRMaj x, FMatrixRMaj dy, FMatrixRMaj dx) {
    throughSoftmax(dy);
    layer.backward(x, dy, dx);
  }

  @Override
  public void drain(float[] all) {
    layer.drain(all);
  }

  private void throughSoftmax(FMatrixRMaj gradients) {
    int n = shares.numCols;
    for (int from = 0; from < shares.getNumElements(); from += n) {
      float mean = 0;
      for (int at = from; at < from + n; at++) {
        mean += shares.data[at] * gradients.data[at];
      }
      for (int at = from; at < from + n; at++) {
        gradients.data[at] = shares.data[at] * (gradients.data[at] - mean);
      }
    }
  }

  private static void softmax(FMatrixRMaj x) {
    int n = x.numCols;
    for (int at = 0; at < x.getNumElements(); at += n) {
      float most = x.data[at];
      for (int j = 1; j < n; j++) {
        most = Math.max(most, x.data[at + j]);
      }
      double sum = 0;
      for (int j = 0; j < n; j++) {
        double e = Math.exp(x.data[at + j] - most);
        x.data[at + j] = (float) e;
        sum += e;
      }
      for (int j = 0; j < n; j++) {
        x.data[at + j] /= (float) sum;
      }
    }
  }
}
