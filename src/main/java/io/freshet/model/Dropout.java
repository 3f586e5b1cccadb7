package io.freshet.model;

import java.util.SplittableRandom;
import org.ejml.data.FMatrixRMaj;

/**
 * Dropout (Srivastava et al. 2014, JMLR 15), inverted: in training a unit is 0 with probability
 * {@code rate}, else divided by 1 - rate, so that prediction needs nothing.
 *
 * <p>Not thread-safe; the same seed drops the same units.
 */
final class Dropout {
  static final Dropout NONE = new Dropout(0, 0);

  private final float rate;
  private final float scale;
  private final SplittableRandom random;

  /**
   * A dropout.
   *
   * @param rate from 0, which does nothing, to below 1
   */
  Dropout(float rate, long seed) {
    this.rate = rate;
    scale = 1 / (1 - rate);
    random = new SplittableRandom(seed);
  }

  void forward(FMatrixRMaj units) {
    if (rate > 0) {
      int below = (int) (rate * (1L << 32) + Integer.MIN_VALUE);
      for (int i = 0; i < units.getNumElements(); i++) {
        units.data[i] = random.nextInt() < below ? 0 : scale * units.data[i];
      }
    }
  }

  /** Slopes of units that dropped out are 0 already: they are at rest, as ReLU units may be. */
  void backward(FMatrixRMaj slopes) {
    if (rate > 0) {
      for (int i = 0; i < slopes.getNumElements(); i++) {
        slopes.data[i] *= scale;
      }
    }
  }
}
