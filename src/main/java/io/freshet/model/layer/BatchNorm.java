package io.freshet.model.layer;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.ejml.data.FMatrixRMaj;

/**
 * Batch normalization (Ioffe and Szegedy 2015, arXiv 1502.03167, algorithms 1 and 2) of the units
 * of a layer; the shift that belongs to it is the layer's bias.
 *
 * <pre>
 * x̂ = (x - mean) / √(variance + ε)          over the examples of the batch, unit by unit
 * y = scale · x̂
 *
 * for the gradient dy by y:
 * dscale = Σ dy · x̂
 * dx = scale / √(variance + ε) · (dy - mean(dy) - x̂ · mean(dy · x̂))
 * </pre>
 *
 * Prediction takes running means instead, which move by a tenth with every batch. It wants large,
 * shuffled batches: it is for fitting, not for streams, whose batches are small and alike.
 */
public final class BatchNorm {
  private static final float EPSILON = 1e-5f;
  private static final float MOMENTUM = 0.1f;

  private final int units;
  private final float[] scale;
  private final double[] scaleGradient;
  private final float[] runningMean;
  private final float[] runningVariance;
  private final float[] inverse; // 1 / √(variance + ε) of the last batch
  private final FMatrixRMaj normalized = new FMatrixRMaj(0, 0);

  BatchNorm(int units) {
    this.units = units;
    scale = new float[units];
    scaleGradient = new double[units];
    runningMean = new float[units];
    runningVariance = new float[units];
    inverse = new float[units];
    Arrays.fill(runningVariance, 1);
  }

  /** The running figures of several, one after the other; null stands for none. */
  static float[] running(BatchNorm[] norms) {
    return joined(Arrays.stream(norms).filter(Objects::nonNull).map(BatchNorm::running).toList());
  }

  /** Several arrays, one after the other. */
  public static float[] joined(List<float[]> parts) {
    float[] all = new float[parts.stream().mapToInt(part -> part.length).sum()];
    int at = 0;
    for (float[] part : parts) {
      System.arraycopy(part, 0, all, at, part.length);
      at += part.length;
    }
    return all;
  }

  /** Takes over what that gave, from an index on; returns the index behind it. */
  static int running(BatchNorm[] norms, float[] all, int from) {
    int at = from;
    for (BatchNorm norm : norms) {
      if (norm != null) {
        int n = 2 * norm.units;
        norm.running(Arrays.copyOfRange(all, at, at + n));
        at += n;
      }
    }
    return at;
  }

  /** Takes over the scales {@code values[from …]}. */
  void scale(float[] values, int from) {
    System.arraycopy(values, from, scale, 0, units);
  }

  /** Normalizes and scales the units x [m, units] in place. */
  void forward(FMatrixRMaj x, boolean training) {
    float[] mean = runningMean;
    if (training) {
      mean = mean(x);
      standardize(x, mean);
    } else {
      for (int j = 0; j < units; j++) {
        inverse[j] = 1 / (float) Math.sqrt(runningVariance[j] + EPSILON);
      }
    }
    normalized.reshape(x.numRows, units);
    for (int at = 0; at < x.getNumElements(); at += units) {
      for (int j = 0; j < units; j++) {
        normalized.data[at + j] = (x.data[at + j] - mean[j]) * inverse[j];
        x.data[at + j] = scale[j] * normalized.data[at + j];
      }
    }
  }

  /** Gathers the scales' gradient, and turns the gradients by y into those by x, in place. */
  void backward(FMatrixRMaj outputGradients) {
    double[] sums = new double[units];
    double[] products = new double[units];
    for (int at = 0; at < outputGradients.getNumElements(); at += units) {
      for (int j = 0; j < units; j++) {
        sums[j] += outputGradients.data[at + j];
        products[j] += outputGradients.data[at + j] * normalized.data[at + j];
      }
    }
    for (int j = 0; j < units; j++) {
      scaleGradient[j] += products[j];
      sums[j] /= outputGradients.numRows;
      products[j] /= outputGradients.numRows;
    }
    for (int at = 0; at < outputGradients.getNumElements(); at += units) {
      for (int j = 0; j < units; j++) {
        double rest =
            outputGradients.data[at + j] - sums[j] - normalized.data[at + j] * products[j];
        outputGradients.data[at + j] = (float) (scale[j] * inverse[j] * rest);
      }
    }
  }

  /** Writes the scales' gathered gradient, and resets it. */
  void drain(float[] gradient, int at) {
    for (int j = 0; j < units; j++) {
      gradient[at + j] = (float) scaleGradient[j];
    }
    Arrays.fill(scaleGradient, 0);
  }

  /** The running means and variances, one after the other. */
  float[] running() {
    float[] both = Arrays.copyOf(runningMean, 2 * units);
    System.arraycopy(runningVariance, 0, both, units, units);
    return both;
  }

  void running(float[] both) {
    System.arraycopy(both, 0, runningMean, 0, units);
    System.arraycopy(both, units, runningVariance, 0, units);
  }

  private float[] mean(FMatrixRMaj x) {
    double[] sums = new double[units];
    for (int at = 0; at < x.getNumElements(); at += units) {
      for (int j = 0; j < units; j++) {
        sums[j] += x.data[at + j];
      }
    }
    float[] mean = new float[units];
    for (int j = 0; j < units; j++) {
      mean[j] = (float) (sums[j] / x.numRows);
      runningMean[j] += MOMENTUM * (mean[j] - runningMean[j]);
    }
    return mean;
  }

  private void standardize(FMatrixRMaj x, float[] mean) {
    double[] squares = new double[units];
    for (int at = 0; at < x.getNumElements(); at += units) {
      for (int j = 0; j < units; j++) {
        double off = x.data[at + j] - mean[j];
        squares[j] += off * off;
      }
    }
    int others = Math.max(1, x.numRows - 1); // the running variance is the unbiased one
    for (int j = 0; j < units; j++) {
      inverse[j] = (float) (1 / Math.sqrt(squares[j] / x.numRows + EPSILON));
      runningVariance[j] += MOMENTUM * ((float) (squares[j] / others) - runningVariance[j]);
    }
  }
}
