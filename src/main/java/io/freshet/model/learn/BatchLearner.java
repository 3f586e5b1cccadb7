package io.freshet.model.learn;

import io.freshet.feature.FeatureSchema;
import io.freshet.feature.ImpressionHash;
import io.freshet.feature.example.LabeledExample;
import io.freshet.feature.example.LabeledExample.Kind;
import io.freshet.model.LearningSettings;
import io.freshet.model.ModelSettings;
import io.freshet.model.algebra.Sigmoid;
import io.freshet.model.batch.MiniBatch;
import io.freshet.model.batch.Predictions;
import io.freshet.model.batch.RowSteps;
import io.freshet.model.dense.DenseParameters;
import io.freshet.model.dense.DenseShape;
import io.freshet.model.dense.Dropout;
import io.freshet.model.dense.GradientCheck;
import io.freshet.model.kind.DeepFm;
import io.freshet.model.label.LabelCorrection;
import io.freshet.model.optimizer.Regularization;
import io.freshet.model.optimizer.RowPenalty;
import io.freshet.model.row.RowLayout;
import java.util.Arrays;

/**
 * Learns a batch whose rows are at hand: splits it into row steps; for each predicts, then learns.
 *
 * <p>The one place where examples turn into parameter changes, for {@link LocalLearner} and the
 * job's trainers alike. The loss of a row step is the sum over its examples of
 *
 * <pre>
 * weight · (-label · log p - (1 - label) · log(1 - p))
 * </pre>
 *
 * with p the sigmoid of the logit, and the weight the impression's times that of {@link
 * LabelCorrection}, plus l2 / 2 times the square of each finished value of the rows that the step
 * touches, each row once; l2 may be the field's own. A row takes one optimizer step per row step,
 * however often it occurs. The deep part takes one whenever {@code denseStepSize} examples have
 * gathered, by their summed gradient, plus l2 times each parameter, once. Either gradient is
 * clipped to its norm, if it has one, with the penalty in it: {@link Regularization}.
 *
 * <p>Where units of the deep part drop out, predictions are made without, and learning takes a
 * separate forward pass. Which units drop out depends on the impression's id, so a replay learns
 * the same.
 *
 * <p>A correction has its own gradient: a label that was learned as y and is y + d adds (p - (y +
 * d)) and takes back (p - y), whatever p was and is, so the gradient by the logit is just -weight ·
 * d. That is bounded; the equal weight of a positive, 1 / (1 - p), is not. A prediction has none.
 *
 * <p><b>Poison.</b> No value in an example can make a parameter infinite or undefined. An example
 * whose logit or gradient is not finite, whose gradient is above {@value #MAX_LOGIT_GRADIENT} or
 * whose field embeddings are longer than 1e10 is predicted but not learned. A row's gradient that
 * fails {@link GradientCheck} leaves the row as it was, and the examples that hold the row were
 * learned in part. The listener hears of both. A dense gradient that fails takes no step; no
 * example is to blame for it alone. {@link #skipped} counts all three.
 *
 * <p>Rows that the batch marks absent count as zeros and are left alone.
 */
public final class BatchLearner {
  private static final float MAX_LOGIT_GRADIENT = 1e5f;
  private static final float MAX_SQUARED_LENGTH = 1e20f;

  private final RowLayout layout;
  private final DenseParameters dense;
  private final float l2;
  private final int denseStepSize;
  private final RowSteps steps;
  private final LabelCorrection correction;
  private final DeepFm model;
  private final SkipListener listener;
  private final GradientCheck rowCheck;
  private final GradientCheck denseCheck;
  private final RowPenalty penalty;
  private final Dropout dropout;

  private float[] finished = new float[0]; // rows of the batch
  private float[] gradients = new float[0]; // by the weights; 0 between steps
  private boolean[] isTouched = new boolean[0]; // rows in the step; false between steps
  private int[] touched = new int[0];
  private float[] logitGradients = new float[0]; // of each example of the step; NaN leaves it out
  private long[] keys = new long[0]; // of each example of the step, where units drop out

  private final float[] denseValues;
  private final float[] denseGradient;
  private long denseVersion = -1;
  private int gathered; // examples since the last dense step
  private long skipped;

  public BatchLearner(
      FeatureSchema schema,
      ModelSettings model,
      LearningSettings learning,
      RowLayout layout,
      DenseParameters dense) {
    this(schema, model, learning, layout, dense, SkipListener.NONE);
  }

  public BatchLearner(
      FeatureSchema schema,
      ModelSettings model,
      LearningSettings learning,
      RowLayout layout,
      DenseParameters dense,
      SkipListener listener) {
    this.listener = listener;
    this.layout = layout;
    this.dense = dense;
    l2 = model.l2();
    denseStepSize = learning.denseStepSize();
    steps = new RowSteps(learning.stepSize(), learning.repeatsPerUser());
    Regularization bounds = learning.regularization();
    rowCheck = new GradientCheck(bounds.rowNorm());
    denseCheck = new GradientCheck(bounds.denseNorm());
    penalty = new RowPenalty(model.l2(), bounds.fields());
    dropout = new Dropout(bounds.dropout(), model.seed());
    this.model = new DeepFm(schema, model, DenseShape.of(schema.size(), model), dropout);
    correction = LabelCorrection.of(learning.labels());
    denseValues = new float[dense.size()];
    denseGradient = new float[dense.size()];
  }

  /**
   * Predicts and learns every example of the batch.
   *
   * @param batch the examples
   * @param rows stored rows in batch-row order, {@code batch.rows() × layout.width()} floats (the
   *     array may be longer); changed in place
   * @return the corrected click probabilities, each predicted before its example was learned
   */
  public Predictions learn(MiniBatch batch, float[] rows) {
    reserve(batch);
    float[] probabilities = new float[batch.size()];
    float[] weights = new float[batch.size()];
    for (int row = 0; row < batch.rows(); row++) {
      finish(batch, row, rows);
    }
    batch.absentRows().forEach(this::leaveOut);
    steps.plan(batch);
    for (int step = 0; step < steps.size(); step++) {
      refreshDense();
      int from = steps.start(step);
      int n = steps.end(step) - from;
      model.forward(batch, steps.order(), from, n, finished);
      int learned = predict(batch, from, n, probabilities, weights);
      if (dropout.isOn()) {
        dropOut(batch, from, n, probabilities);
      }
      model.backward(logitGradients, gradients);
      int distinct = touch(batch, from, n);
      updateRows(rows, distinct, batch, from, n);
      gathered += learned;
      if (gathered >= denseStepSize) {
        flushDense();
      }
    }
    batch.absentRows().forEach(this::takeBackIn);
    return Predictions.of(batch, probabilities, weights);
  }

  public int lastSteps() {
    return steps.size();
  }

  /** A row that is touched already is not listed, and so never updated. */
  private void leaveOut(int row) {
    int at = row * layout.finishedWidth();
    Arrays.fill(finished, at, at + layout.finishedWidth(), 0);
    isTouched[row] = true;
  }

  private void takeBackIn(int row) {
    int at = row * layout.finishedWidth();
    Arrays.fill(gradients, at, at + layout.finishedWidth(), 0);
    isTouched[row] = false;
  }

  /** Takes the dense step of the examples learned since the last one, however few. */
  public void flushDense() {
    if (gathered == 0) {
      return;
    }
    gathered = 0;
    if (dense.size() > 0) {
      model.drain(denseGradient);
      addDensePenalty();
      if (denseCheck.passes(denseGradient, 0, dense.size())) {
        dense.update(denseGradient);
      } else {
        skipped++;
      }
    }
  }

  /** Examples not learned, and gradients of rows and of the deep part left out, as poison. */
  public long skipped() {
    return skipped;
  }

  private void refreshDense() {
    if (denseVersion != dense.version()) {
      dense.finish(denseValues);
      model.dense(denseValues);
      denseVersion = dense.version();
    }
  }

  private int predict(MiniBatch batch, int from, int n, float[] probabilities, float[] weights) {
    int learned = 0;
    for (int i = 0; i < n; i++) {
      int example = steps.order()[from + i];
      LabeledExample labeled = batch.example(example);
      float probability = correction.probability(model.logit(i));
      probabilities[example] = probability;
      weights[example] = labeled.weight() * (float) correction.trafficWeight(labeled, probability);
      logitGradients[i] = Float.NaN;
      if (labeled.isLearned()) {
        learned++;
        setLogitGradient(i, labeled, probability);
      }
    }
    return learned;
  }

  /**
   * Goes through the step's examples once more, as they are learned: with units that drop out. What
   * was predicted stays.
   */
  private void dropOut(MiniBatch batch, int from, int n, float[] probabilities) {
    for (int i = 0; i < n; i++) {
      LabeledExample labeled = batch.example(steps.order()[from + i]);
      keys[i] = ImpressionHash.key(labeled.impressionId());
    }
    dropout.examples(keys);
    model.forward(batch, steps.order(), from, n, finished, true);
    for (int i = 0; i < n; i++) {
      int example = steps.order()[from + i];
      if (!Float.isNaN(logitGradients[i])) {
        setLogitGradient(i, batch.example(example), probabilities[example]);
      }
    }
  }

  private void setLogitGradient(int i, LabeledExample labeled, float probability) {
    float logitGradient = logitGradient(labeled, model.logit(i), probability);
    logitGradients[i] = Float.NaN;
    if (isSane(i, logitGradient)) {
      logitGradients[i] = logitGradient;
    } else {
      skipped++;
      listener.skipped(labeled, reason(i, logitGradient));
    }
  }

  private float logitGradient(LabeledExample example, float logit, float probability) {
    if (example.kind() == Kind.CORRECTION) {
      return -example.weight() * example.label();
    }
    float weight = example.weight() * (float) correction.learningWeight(example, probability);
    return weight * (Sigmoid.of(logit) - example.label());
  }

  private boolean isSane(int i, float logitGradient) {
    return Float.isFinite(model.logit(i))
        && Math.abs(logitGradient) <= MAX_LOGIT_GRADIENT // false of NaN
        && model.squaredLength(i) <= MAX_SQUARED_LENGTH;
  }

  private String reason(int i, float logitGradient) {
    return "not learned: logit %s, gradient of the loss by the logit %s, length of the embeddings %s"
        .formatted(model.logit(i), logitGradient, (float) Math.sqrt(model.squaredLength(i)));
  }

  /** Lists the distinct rows of the step's learned examples; returns how many. */
  private int touch(MiniBatch batch, int from, int n) {
    int rows = 0;
    for (int i = 0; i < n; i++) {
      int example = steps.order()[from + i];
      int end = Float.isNaN(logitGradients[i]) ? 0 : batch.start(example + 1);
      for (int o = batch.start(example); o < end; o++) {
        int row = batch.row(o);
        if (!isTouched[row]) {
          isTouched[row] = true;
          touched[rows++] = row;
        }
      }
    }
    return rows;
  }

  private void updateRows(float[] rows, int distinct, MiniBatch batch, int from, int n) {
    int width = layout.finishedWidth();
    for (int i = 0; i < distinct; i++) {
      int row = touched[i];
      int g = row * width;
      if (penalty.isOn()) {
        penalty.add(batch.fid(row), finished, g, gradients, g, width);
      }
      if (rowCheck.passes(gradients, g, width)) {
        layout.update(batch.fid(row), rows, row * layout.width(), gradients, g);
        finish(batch, row, rows);
      } else {
        skipped++;
        reportHolders(row, batch, from, n);
      }
      Arrays.fill(gradients, g, g + width, 0);
      isTouched[row] = false;
    }
  }

  /** Reports the step's learned examples that hold a row which was left unchanged. */
  private void reportHolders(int row, MiniBatch batch, int from, int n) {
    for (int i = 0; i < n; i++) {
      int example = steps.order()[from + i];
      if (!Float.isNaN(logitGradients[i]) && holds(batch, example, row)) {
        listener.skipped(
            batch.example(example),
            "learned in part: in its row step the gradient of feature %s was too large"
                .formatted(batch.fid(row)));
      }
    }
  }

  private static boolean holds(MiniBatch batch, int example, int row) {
    for (int o = batch.start(example); o < batch.start(example + 1); o++) {
      if (batch.row(o) == row) {
        return true;
      }
    }
    return false;
  }

  private void finish(MiniBatch batch, int row, float[] rows) {
    layout.finish(
        batch.fid(row), rows, row * layout.width(), finished, row * layout.finishedWidth());
  }

  private void addDensePenalty() {
    if (l2 > 0) {
      for (int i = 0; i < denseGradient.length; i++) {
        denseGradient[i] += l2 * denseValues[i];
      }
    }
  }

  private void reserve(MiniBatch batch) {
    if (batch.rows() > touched.length) {
      int rows = 2 * batch.rows();
      touched = new int[rows];
      isTouched = new boolean[rows];
      finished = new float[rows * layout.finishedWidth()];
      gradients = new float[rows * layout.finishedWidth()];
    }
    if (batch.size() > logitGradients.length) {
      logitGradients = new float[2 * batch.size()];
      keys = new long[logitGradients.length];
    }
  }
}
