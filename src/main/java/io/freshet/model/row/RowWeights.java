package io.freshet.model.row;

import io.freshet.model.batch.MiniBatch;
import java.util.function.IntConsumer;

/** Weights of rows by feature id. */
@FunctionalInterface
public interface RowWeights {

  /**
   * Copies the weights {@code [w, v₁…v_k]} of a feature to {@code target[at …]}.
   *
   * @return false, and nothing copied, if it has no row
   */
  boolean read(long fid, float[] target, int at);

  /**
   * Copies the weights of a batch's features, in the order of its rows, one every {@code width}
   * floats; a store that answers many at once more cheaply than one by one overrides it.
   *
   * @param missing takes each row of the batch whose feature has no row
   */
  default void readAll(MiniBatch batch, int width, float[] target, IntConsumer missing) {
    for (int row = 0; row < batch.rows(); row++) {
      if (!read(batch.fid(row), target, row * width)) {
        missing.accept(row);
      }
    }
  }
}
