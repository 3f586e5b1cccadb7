package io.freshet.model.layer;

import java.util.Arrays;
import org.ejml.data.FMatrixRMaj;

/**
 * Dropout (Srivastava et al. 2014, JMLR 15), inverted: in training a unit is 0 with probability
 * {@code rate}, else divided by 1 - rate, so that prediction needs nothing.
 *
 * <p>Which units drop out is addressed by (seed, key of the example, layer, unit): a replay of the
 * same examples drops the same ones, whatever else is in their batch. Not thread-safe.
 */
public final class Dropout {
  public static final Dropout NONE = new Dropout(0, 0);

  private static final long STREAM = 0x64726F706F7574L; // apart from the seed's other uses
  private static final int LAYER_BITS = 16; // no layer has as many units

  private final float rate;
  private final float scale;
  private final int below;
  private final long seed;
  private long[] keys = new long[0];

  /**
   * A dropout.
   *
   * @param rate from 0, which does nothing, to below 1
   */
  public Dropout(float rate, long seed) {
    this.rate = rate;
    this.seed = seed ^ STREAM;
    scale = 1 / (1 - rate);
    below = (int) (rate * (1L << 32) + Integer.MIN_VALUE);
  }

  /** One that drops the same units, of examples of its own. */
  public Dropout apart() {
    return new Dropout(this);
  }

  private Dropout(Dropout other) {
    rate = other.rate;
    scale = other.scale;
    below = other.below;
    seed = other.seed;
  }

  public boolean isOn() {
    return rate > 0;
  }

  /** Says whose units the rows of the next forward pass are; the array is only read. */
  public void examples(long[] keysOfExamples) {
    keys = keysOfExamples;
  }

  /** Takes over some of another's examples. */
  public void examplesOf(Dropout other, int[] some, int n) {
    if (isOn() && other.keys.length > 0) {
      keys = new long[n];
      Arrays.setAll(keys, i -> other.keys[some[i]]);
    }
  }

  /** Drops units of a layer, one row an example. */
  public void forward(FMatrixRMaj units, int layer) {
    if (rate > 0) {
      int at = 0;
      for (int example = 0; example < units.numRows; example++) {
        CounterRng random = new CounterRng(seed, keys[example]);
        for (int unit = 0; unit < units.numCols; unit++, at++) {
          int drawn = (int) (random.bits(layer << LAYER_BITS | unit) >>> 32);
          units.data[at] = drawn < below ? 0 : scale * units.data[at];
        }
      }
    }
  }

  /** Gradients of units that dropped out are 0 already: they are at rest, as ReLU units may be. */
  void backward(FMatrixRMaj gradients) {
    if (rate > 0) {
      for (int i = 0; i < gradients.getNumElements(); i++) {
        gradients.data[i] *= scale;
      }
    }
  }
}
