package io.freshet.model.learn;

import io.freshet.model.Safeguards.StepCaps;
import io.freshet.model.batch.MiniBatch;
import io.freshet.model.dense.GradientCheck;
import io.freshet.model.optimizer.RowPenalty;
import io.freshet.model.row.RowLayout;
import java.util.Arrays;
import java.util.BitSet;

/**
 * The step that moves the rows of a row step's examples: their gradients with penalty, checked, and
 * the moves that come of them, capped.
 *
 * <p>Rows that the batch marks absent count as zeros and never move.
 */
final class RowStep {
  private final RowLayout layout;
  private final RowPenalty penalty;
  private final GradientCheck check;
  private final StepCaps caps;
  private final float embeddingRate;
  private final StepShares shares;

  private float[] weights = new float[0]; // of the batch's rows
  private float[] gradients = new float[0]; // by the weights; 0 between steps
  private boolean[] isTouched = new boolean[0]; // rows in the step; false between steps
  private int[] touched = new int[0];
  private int distinct;
  private final BitSet refused = new BitSet(); // rows whose gradient is none to learn from

  /**
   * @param embeddingRate what the moves of embeddings are multiplied by
   */
  RowStep(
      RowLayout layout,
      RowPenalty penalty,
      GradientCheck check,
      StepCaps caps,
      float embeddingRate,
      StepShares shares) {
    this.layout = layout;
    this.penalty = penalty;
    this.check = check;
    this.caps = caps;
    this.embeddingRate = embeddingRate;
    this.shares = shares;
  }

  /** Derives the weights of a batch's rows from what is stored. */
  void begin(MiniBatch batch, float[] rows) {
    reserve(batch.rows());
    for (int row = 0; row < batch.rows(); row++) {
      finish(batch, row, rows);
    }
    batch.absentRows().forEach(this::leaveOut);
  }

  void end(MiniBatch batch) {
    batch.absentRows().forEach(this::takeBackIn);
  }

  /** The weights of the batch's rows, 1 + k floats each. */
  float[] weights() {
    return weights;
  }

  /** What gradients by the weights are added to. */
  float[] gradients() {
    return gradients;
  }

  /** Includes the rows of an example of the batch. */
  void touch(MiniBatch batch, int example) {
    for (int o = batch.start(example); o < batch.start(example + 1); o++) {
      int row = batch.row(o);
      if (!isTouched[row]) {
        isTouched[row] = true;
        touched[distinct++] = row;
      }
    }
  }

  /**
   * Moves the rows that were touched.
   *
   * @param squaredGradients of the losses by the logits, summed
   */
  void take(MiniBatch batch, float[] rows, double squaredGradients) {
    int width = layout.finishedWidth();
    double firstOrder = 0;
    double embeddings = 0;
    refused.clear();
    for (int i = 0; i < distinct; i++) {
      int row = touched[i];
      int g = row * width;
      long fid = batch.fid(row);
      if (penalty.isOn()) {
        penalty.add(fid, weights, g, gradients, g, width);
      }
      int at = row * layout.width();
      if (check.passes(gradients, g, width)) {
        firstOrder += layout.prepareFirstOrder(fid, rows, at, gradients, g);
        embeddings += layout.prepareEmbedding(fid, rows, at, gradients, g);
      } else {
        refused.set(row);
        Arrays.fill(gradients, g + 1, g + width, 0);
        if (check.passes(gradients, g, 1)) {
          firstOrder += layout.prepareFirstOrder(fid, rows, at, gradients, g);
        } else {
          gradients[g] = 0;
        }
      }
    }
    float firstOrderShare = StepCaps.share(caps.firstOrder(), squaredGradients, firstOrder);
    float embeddingShare =
        StepCaps.share(caps.embeddings(), squaredGradients, embeddingRate * embeddings);
    shares.ofRows(firstOrderShare, embeddingShare);
    for (int i = 0; i < distinct; i++) {
      int row = touched[i];
      int g = row * width;
      int at = row * layout.width();
      layout.move(rows, at, gradients, g, firstOrderShare, embeddingRate * embeddingShare);
      finish(batch, row, rows);
      Arrays.fill(gradients, g, g + width, 0);
      isTouched[row] = false;
    }
    distinct = 0;
  }

  boolean hasRefused() {
    return !refused.isEmpty();
  }

  /**
   * Whether the last step left the row's embedding as it was, as the row's gradient was too large
   * or undefined; the first-order weight too, if its own was.
   */
  boolean refused(int row) {
    return refused.get(row);
  }

  private void finish(MiniBatch batch, int row, float[] rows) {
    int to = row * layout.finishedWidth();
    layout.finish(batch.fid(row), rows, row * layout.width(), weights, to);
  }

  /** A row that is touched already is not listed, and so never moved. */
  private void leaveOut(int row) {
    int at = row * layout.finishedWidth();
    Arrays.fill(weights, at, at + layout.finishedWidth(), 0);
    isTouched[row] = true;
  }

  private void takeBackIn(int row) {
    int at = row * layout.finishedWidth();
    Arrays.fill(gradients, at, at + layout.finishedWidth(), 0);
    isTouched[row] = false;
  }

  private void reserve(int rows) {
    if (rows > touched.length) {
      touched = new int[2 * rows];
      isTouched = new boolean[2 * rows];
      weights = new float[2 * rows * layout.finishedWidth()];
      gradients = new float[2 * rows * layout.finishedWidth()];
    }
  }
}
