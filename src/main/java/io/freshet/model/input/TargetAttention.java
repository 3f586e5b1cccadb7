package io.freshet.model.input;

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
 * <p>A sequence may have further lists, with a value for each of its positions; each list is pooled
 * to the embedding of a field of its own, with the same weights. With v_lj the row of list l at
 * position j, u_j = Σ_l v_lj, q the sum of the targets' embeddings, and the shares x_j (1/n of n
 * values):
 *
 * <pre>
 * s_j = unit(q, u_j, q ⊙ u_j)      DIN's activation unit (Zhou et al. 2018, arXiv 1706.06978), or
 * s_j = q · u_j / √k               scaled dot product (Vaswani et al. 2017, arXiv 1706.03762)
 *
 * a_j = 1 + s_j                    as DIN, which keeps how strong an interest is, or
 * a_j = exp(s_j) / Σ x_i exp(s_i)  softmax
 *
 * e_l = Σ x_j a_j v_lj
 * </pre>
 *
 * So it begins as the mean of the values, where nothing is known yet. Embeddings are those of rows:
 * where fields have sizes of their own, they are compared before they are projected, as values and
 * their target then have the same rows. A list without values, as one that an example from before
 * has not, adds nothing to u_j.
 */
public final class TargetAttention {
  private final int k;
  private final int[] indexes; // of each list's field, the sequence's first
  private final int[] sizes; // of each list's embeddings; the rest of a row is 0 and stays so
  private final int[] targets; // of the fields that are compared with
  private final boolean softmax;
  private final HiddenLayers hidden; // null for the dot product
  private final OutputUnit out;

  private final SequencePositions positions;
  private float[] factors = new float[256];
  private float[] scoreGradients = new float[256];
  private final float[] query; // q of an example
  private final float[] queryGradient;
  private final float[] keyGradient; // by u of a position
  private final FMatrixRMaj inputs = new FMatrixRMaj(0, 0);

  /**
   * An attention.
   *
   * @param indexes of the fields of the lists, the sequence's first
   * @param sizes of those fields' embeddings, k at most
   * @param targets indexes of the targets' fields
   * @param layers of the dense part
   */
  public TargetAttention(
      Attention shape,
      int k,
      int[] indexes,
      int[] sizes,
      int[] targets,
      boolean softmax,
      Layers layers) {
    this.k = k;
    this.indexes = indexes.clone();
    this.sizes = sizes.clone();
    this.targets = targets.clone();
    this.softmax = softmax;
    positions = new SequencePositions(indexes.length, k);
    query = new float[k];
    queryGradient = new float[k];
    keyGradient = new float[k];
    LinearAlgebra algebra = LinearAlgebra.chosen();
    boolean isDot = shape.units() == 0;
    hidden = isDot ? null : new HiddenLayers(layers.group(shape.group()), Dropout.NONE, 0, algebra);
    out = isDot ? null : new OutputUnit(layers.get(shape.group() + ".out"), algebra);
  }

  public void values(float[] all) {
    if (hidden != null) {
      hidden.values(all);
      out.values(all);
    }
  }

  /** Begins a step. */
  public void clear() {
    positions.clear();
  }

  /** Begins an example, to which the values of each list are added in order. */
  public void begin() {
    positions.begin();
  }

  /** Adds a value of a list to the i-th example, whose embedding begins at a place in weights. */
  public void add(int list, int i, int row, float share) {
    positions.add(list, i, row, share);
  }

  /** Adds the pooled embeddings to those of the fields, of which the target's are there. */
  public void forward(FMatrixRMaj embedded, float[] weights) {
    int size = positions.size();
    if (size == 0) {
      return;
    }
    score(embedded, weights);
    for (int from = 0, end; from < size; from = end) {
      end = positions.end(from);
      weigh(from, end);
      for (int list = 0; list < positions.rows.length; list++) {
        int e = positions.examples[from] * embedded.numCols + indexes[list] * k;
        for (int j = from; j < end; j++) {
          float weight = positions.shares[j] * factors[j];
          int row = positions.rows[list][j];
          for (int d = 0; row != SequencePositions.NONE && d < k; d++) {
            embedded.data[e + d] += weight * weights[row + d];
          }
        }
      }
    }
  }

  /** Fills the factors with the scores. */
  private void score(FMatrixRMaj embedded, float[] weights) {
    int size = positions.size();
    if (factors.length < size) {
      factors = new float[2 * size];
      scoreGradients = new float[2 * size];
    }
    inputs.reshape(hidden == null ? 0 : size, 3 * k);
    positions.sum(weights);
    float[] keys = positions.sums(weights);
    float scale = (float) (1 / Math.sqrt(k));
    for (int j = 0; j < size; j++) {
      ask(j, embedded);
      int u = positions.sumAt(j);
      int x = j * 3 * k;
      float dot = 0;
      for (int d = 0; d < k; d++) {
        float product = query[d] * keys[u + d];
        dot += product;
        if (hidden != null) {
          inputs.data[x + d] = query[d];
          inputs.data[x + k + d] = keys[u + d];
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

  /** Fills q of a position's example. */
  private void ask(int j, FMatrixRMaj embedded) {
    if (j > 0 && positions.examples[j] == positions.examples[j - 1]) {
      return;
    }
    Arrays.fill(query, 0);
    for (int target : targets) {
      int q = positions.examples[j] * embedded.numCols + target * k;
      for (int d = 0; d < k; d++) {
        query[d] += embedded.data[q + d];
      }
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
      sum += positions.shares[j] * factors[j];
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
    int size = positions.size();
    if (size == 0) {
      return;
    }
    for (int from = 0, end; from < size; from = end) {
      end = positions.end(from);
      if (Float.isNaN(logitGradients[positions.examples[from]])) {
        leaveOut(from, end);
      } else {
        pass(from, end, weights, fieldGradients, rowGradients);
      }
    }
    FMatrixRMaj passed = hidden == null ? null : hidden.backward(out.backward(scoreGradients));
    float scale = (float) (1 / Math.sqrt(k));
    float[] keys = positions.sums(weights);
    for (int j = 0; j < size; j++) {
      ask(j, embedded);
      if (Float.isNaN(logitGradients[positions.examples[j]])) {
        continue;
      }
      int u = positions.sumAt(j);
      int x = j * 3 * k;
      for (int d = 0; d < k; d++) {
        float ofQuery = passed == null ? 0 : passed.data[x + d];
        float ofKey = passed == null ? 0 : passed.data[x + k + d];
        float ofProduct = passed == null ? scale * scoreGradients[j] : passed.data[x + 2 * k + d];
        queryGradient[d] = ofQuery + ofProduct * keys[u + d];
        keyGradient[d] = ofKey + ofProduct * query[d];
      }
      for (int target : targets) {
        int at = positions.examples[j] * fieldGradients.numCols + target * k;
        add(queryGradient, k, fieldGradients.data, at);
      }
      for (int list = 0; list < positions.rows.length; list++) {
        int row = positions.rows[list][j];
        if (row != SequencePositions.NONE) {
          add(keyGradient, sizes[list], rowGradients, row);
        }
      }
    }
  }

  private static void add(float[] gradient, int size, float[] to, int at) {
    for (int d = 0; d < size; d++) {
      to[at + d] += gradient[d];
    }
  }

  /** From an example's pooled embeddings to its values and their scores. */
  private void pass(
      int from, int end, float[] weights, FMatrixRMaj fieldGradients, float[] rowGradients) {
    int example = positions.examples[from] * fieldGradients.numCols;
    float mean = 0;
    for (int j = from; j < end; j++) {
      float gradient = 0;
      for (int list = 0; list < positions.rows.length; list++) {
        int row = positions.rows[list][j];
        for (int d = 0; row != SequencePositions.NONE && d < sizes[list]; d++) {
          float g = fieldGradients.data[example + indexes[list] * k + d];
          gradient += g * weights[row + d];
          rowGradients[row + d] += positions.shares[j] * factors[j] * g;
        }
      }
      scoreGradients[j] = positions.shares[j] * gradient;
      mean += scoreGradients[j] * factors[j];
    }
    for (int j = from; softmax && j < end; j++) {
      scoreGradients[j] = factors[j] * (scoreGradients[j] - positions.shares[j] * mean);
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
}
