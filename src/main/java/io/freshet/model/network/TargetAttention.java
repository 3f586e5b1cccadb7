package io.freshet.model.network;

import io.freshet.model.algebra.LinearAlgebra;
import io.freshet.model.layer.Dropout;
import io.freshet.model.layer.HiddenLayers;
import io.freshet.model.layer.Layers;
import io.freshet.model.layer.OutputUnit;
import java.util.Arrays;
import org.ejml.data.FMatrixRMaj;

/**
 * Pools the values of a sequence by what they have to do with a target: forward and backward over
 * the examples of a row step, whose values stand one after the other as rows of one matrix.
 *
 * <p>With the target's embedding q, the values' rows v_j and their shares x_j (1/n of n values):
 *
 * <pre>
 * s_j = unit(q, v_j, q ⊙ v_j)      DIN's activation unit (Zhou et al. 2018, arXiv 1706.06978), or
 * s_j = q · v_j / √k               scaled dot product (Vaswani et al. 2017, arXiv 1706.03762)
 *
 * a_j = 1 + s_j                    as DIN, which keeps how strong an interest is, or
 * a_j = exp(s_j) / Σ x_i exp(s_i)  softmax
 *
 * e = Σ x_j a_j v_j
 * </pre>
 *
 * So it begins as the mean of the values, where nothing is known yet.
 */
public final class TargetAttention {
  private final int k;
  private final int index;
  private final int target;
  private final boolean softmax;
  private final HiddenLayers hidden; // null for the dot product
  private final OutputUnit out;

  private int size; // values of the step
  private int[] examples = new int[256]; // of each value
  private int[] rows = new int[256]; // where its embedding is
  private float[] shares = new float[256];
  private float[] factors = new float[256];
  private float[] scoreGradients = new float[256];
  private final FMatrixRMaj inputs = new FMatrixRMaj(0, 0);

  /**
   * An attention.
   *
   * @param index of the sequence's field
   * @param target index of the target's
   * @param layers of the dense part
   */
  public TargetAttention(
      Attention shape, int k, int index, int target, boolean softmax, Layers layers) {
    this.k = k;
    this.index = index;
    this.target = target;
    this.softmax = softmax;
    LinearAlgebra algebra = LinearAlgebra.chosen();
    boolean isDot = shape.units() == 0;
    hidden = isDot ? null : new HiddenLayers(layers.group(shape.group()), Dropout.NONE, 0, algebra);
    out = isDot ? null : new OutputUnit(layers.get(shape.group() + ".out"), algebra);
  }

  public int index() {
    return index;
  }

  public void values(float[] all) {
    if (hidden != null) {
      hidden.values(all);
      out.values(all);
    }
  }

  /** Begins a step. */
  public void clear() {
    size = 0;
  }

  /** Adds a value of the i-th example, whose embedding begins at a place among the weights. */
  public void add(int i, int row, float share) {
    if (size == rows.length) {
      examples = Arrays.copyOf(examples, 2 * size);
      rows = Arrays.copyOf(rows, 2 * size);
      shares = Arrays.copyOf(shares, 2 * size);
      factors = new float[2 * size];
      scoreGradients = new float[2 * size];
    }
    examples[size] = i;
    rows[size] = row;
    shares[size++] = share;
  }

  /** Adds the pooled embeddings to those of the fields, of which the target's are there. */
  public void forward(FMatrixRMaj embedded, float[] weights) {
    if (size == 0) {
      return;
    }
    score(embedded, weights);
    for (int from = 0, end; from < size; from = end) {
      end = end(from);
      weigh(from, end);
      int e = examples[from] * embedded.numCols + index * k;
      for (int j = from; j < end; j++) {
        float weight = shares[j] * factors[j];
        for (int d = 0; d < k; d++) {
          embedded.data[e + d] += weight * weights[rows[j] + d];
        }
      }
    }
  }

  /** Fills the factors with the scores. */
  private void score(FMatrixRMaj embedded, float[] weights) {
    inputs.reshape(hidden == null ? 0 : size, 3 * k);
    float scale = (float) (1 / Math.sqrt(k));
    for (int j = 0; j < size; j++) {
      int q = examples[j] * embedded.numCols + target * k;
      int x = j * 3 * k;
      float dot = 0;
      for (int d = 0; d < k; d++) {
        float product = embedded.data[q + d] * weights[rows[j] + d];
        dot += product;
        if (hidden != null) {
          inputs.data[x + d] = embedded.data[q + d];
          inputs.data[x + k + d] = weights[rows[j] + d];
          inputs.data[x + 2 * k + d] = product;
        }
      }
      factors[j] = dot * scale;
    }
    if (hidden != null) {
      FMatrixRMaj scores = out.forward(hidden.forward(inputs, true));
      System.arraycopy(scores.data, 0, factors, 0, size);
    }
  }

  /** Makes factors of the scores of one example's values. */
  private void weigh(int from, int end) {
    if (!softmax) {
      for (int j = from; j < end; j++) {
        factors[j]++;
      }
      return;
    }
    float most = Float.NEGATIVE_INFINITY;
    for (int j = from; j < end; j++) {
      most = Math.max(most, factors[j]);
    }
    float sum = 0;
    for (int j = from; j < end; j++) {
      factors[j] = (float) Math.exp(factors[j] - most);
      sum += shares[j] * factors[j];
    }
    for (int j = from; j < end; j++) {
      factors[j] /= sum;
    }
  }

  /**
   * Adds the gradients of the last forward pass: the rows', the target's among those by the field
   * embeddings, and the parameters' to what {@link #drain} writes.
   *
   * @param embedded of the forward pass
   * @param logitGradients one that is not a number leaves its example out
   */
  public void backward(
      FMatrixRMaj embedded,
      float[] weights,
      float[] logitGradients,
      FMatrixRMaj fieldGradients,
      float[] rowGradients) {
    if (size == 0) {
      return;
    }
    for (int from = 0, end; from < size; from = end) {
      end = end(from);
      if (Float.isNaN(logitGradients[examples[from]])) {
        leaveOut(from, end);
      } else {
        pass(from, end, weights, fieldGradients, rowGradients);
      }
    }
    FMatrixRMaj passed = hidden == null ? null : hidden.backward(out.backward(scoreGradients));
    float scale = (float) (1 / Math.sqrt(k));
    for (int j = 0; j < size; j++) {
      if (Float.isNaN(logitGradients[examples[j]])) {
        continue;
      }
      int q = examples[j] * embedded.numCols + target * k;
      int x = j * 3 * k;
      for (int d = 0; d < k; d++) {
        float ofTarget = passed == null ? 0 : passed.data[x + d];
        float ofValue = passed == null ? 0 : passed.data[x + k + d];
        float ofProduct = passed == null ? scale * scoreGradients[j] : passed.data[x + 2 * k + d];
        fieldGradients.data[q + d] += ofTarget + ofProduct * weights[rows[j] + d];
        rowGradients[rows[j] + d] += ofValue + ofProduct * embedded.data[q + d];
      }
    }
  }

  /** From an example's pooled embedding to its values and their scores. */
  private void pass(
      int from, int end, float[] weights, FMatrixRMaj fieldGradients, float[] rowGradients) {
    int e = examples[from] * fieldGradients.numCols + index * k;
    float mean = 0;
    for (int j = from; j < end; j++) {
      float gradient = 0;
      for (int d = 0; d < k; d++) {
        float g = fieldGradients.data[e + d];
        gradient += g * weights[rows[j] + d];
        rowGradients[rows[j] + d] += shares[j] * factors[j] * g;
      }
      scoreGradients[j] = shares[j] * gradient;
      mean += scoreGradients[j] * factors[j];
    }
    for (int j = from; softmax && j < end; j++) {
      scoreGradients[j] = factors[j] * (scoreGradients[j] - shares[j] * mean);
    }
  }

  private void leaveOut(int from, int end) {
    for (int j = from; j < end; j++) {
      scoreGradients[j] = 0;
      if (hidden != null) {
        hidden.blank(j);
        out.blank(j);
      }
    }
  }

  /** Writes the gathered gradients, and resets them. */
  public void drain(float[] all) {
    if (hidden != null) {
      hidden.drain(all);
      out.drain(all);
    }
  }

  /** Behind the last value of the example whose first is given. */
  private int end(int from) {
    int end = from + 1;
    while (end < size && examples[end] == examples[from]) {
      end++;
    }
    return end;
  }
}
