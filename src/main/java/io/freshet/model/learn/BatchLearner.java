package io.freshet.model.learn;

import io.freshet.feature.FeatureSchema;
import io.freshet.feature.ImpressionHash;
import io.freshet.feature.example.LabeledExample;
import io.freshet.feature.example.LabeledExample.Kind;
import io.freshet.model.LearningSettings;
import io.freshet.model.ModelSettings;
import io.freshet.model.Safeguards;
import io.freshet.model.algebra.Sigmoid;
import io.freshet.model.batch.MiniBatch;
import io.freshet.model.batch.Predictions;
import io.freshet.model.batch.RowSteps;
import io.freshet.model.dense.DenseParameters;
import io.freshet.model.dense.DenseShape;
import io.freshet.model.dense.GradientCheck;
import io.freshet.model.gauge.Gauge;
import io.freshet.model.gauge.TaskGauge;
import io.freshet.model.kind.DeepFm;
import io.freshet.model.kind.TaskChain;
import io.freshet.model.label.LabelCorrection;
import io.freshet.model.layer.Dropout;
import io.freshet.model.optimizer.OptimizerSettings;
import io.freshet.model.optimizer.Regularization;
import io.freshet.model.optimizer.RowPenalty;
import io.freshet.model.row.RowLayout;

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
 * <p><b>Safeguards.</b> The logit is that of the model plus the log odds of the base rate:
 * predicted with those before the step, learned with those after its labels are counted. What is
 * predicted is a mixture of experts; the gradient is the whole model's. The steps of first-order
 * weights, of embeddings and of the dense part are capped, each group by itself: {@link
 * Safeguards}, {@link Gauge}.
 *
 * <p>First-order weights learn from the whole model's gradient too, unless the model is {@linkplain
 * TaskGauge#isRuined ruined}: then from that of their own terms, so that they stay of use.
 *
 * <p><b>Poison.</b> No value in an example can make a parameter infinite or undefined. An example
 * whose logit or gradient is not finite, whose gradient is above {@value #MAX_LOGIT_GRADIENT} or
 * whose field embeddings are longer than 1e10 is predicted but not learned. A row's gradient that
 * fails {@link GradientCheck} leaves the embedding as it was, and the first-order weight if its own
 * part fails; the examples that hold the row were learned in part. The listener hears of either,
 * once an example. A dense gradient that fails takes no step; no example is to blame for it alone.
 * {@link #skipped} counts all three.
 *
 * <p><b>Tasks.</b> Each example is of one task, whose probability it teaches, with corrections and
 * measurements of its own; where the task follows on another, {@link TaskChain} says how its
 * gradient is shared out. First-order weights and pairs are the first task's.
 *
 * <p>Rows that the batch marks absent count as zeros and are left alone.
 */
public final class BatchLearner {
  private static final float MAX_LOGIT_GRADIENT = 1e5f;
  private static final float MAX_SQUARED_LENGTH = 1e20f;

  private static final float FIELDS_OF_FULL_RATE = 6;

  private final DenseStep denseStep;
  private final RowStep rowStep;
  private final RowSteps steps;
  private final DeepFm model;
  private final Gauge gauge;
  private final SkipListener listener;
  private final Dropout dropout;
  private final StepShares shares = new StepShares();

  private final TaskLogits tasks;

  private float[] logitGradients = new float[0]; // of each example of the step; NaN leaves it out
  private float[] firstOrderGradients = new float[0]; // of the loss of first-order terms alone
  private float[] lastProbabilities = new float[0];
  private float[] lastWeights = new float[0];
  private float[] wholeLogits = new float[0]; // of each example of the step, where they teach
  private float[] lessons = new float[0]; // their weights
  private long[] keys = new long[0]; // of each example of the step, where units drop out
  private long skipped;

  public BatchLearner(
      FeatureSchema schema,
      ModelSettings model,
      LearningSettings learning,
      RowLayout layout,
      DenseParameters dense,
      Gauge gauge,
      SkipListener listener) {
    this.gauge = gauge;
    this.listener = listener;
    steps = new RowSteps(learning.stepSize(), learning.repeatsPerUser());
    Regularization bounds = learning.regularization();
    dropout = new Dropout(bounds.dropout(), model.seed());
    this.model = new DeepFm(schema, model, DenseShape.of(schema, model), dropout);
    tasks = new TaskLogits(this.model, gauge, model.tasks(), learning.labels());
    Safeguards safeguards = learning.safeguards();
    if (safeguards.ratesBySize()) {
      dense.scaleRatesBySize();
    }
    denseStep =
        new DenseStep(
            dense,
            this.model,
            model.l2(),
            new GradientCheck(bounds.denseNorm()),
            safeguards.caps().dense(),
            learning.denseStepSize(),
            shares);
    rowStep =
        new RowStep(
            layout,
            new RowPenalty(model.l2(), bounds.fields()),
            new GradientCheck(bounds.rowNorm()),
            safeguards.caps().of(model.kind()),
            embeddingRate(schema, learning),
            shares);
  }

  /** All pairs of fields add up, so embeddings learn the more slowly the more fields there are. */
  private static float embeddingRate(FeatureSchema schema, LearningSettings learning) {
    OptimizerSettings optimizer = learning.embedding();
    boolean scales =
        learning.safeguards().ratesBySize() && optimizer.storesAs(optimizer.scaled(0.5f));
    return scales ? Math.min(1, FIELDS_OF_FULL_RATE / schema.size()) : 1;
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
    reserve(batch.size());
    float[] probabilities = new float[batch.size()];
    float[] weights = new float[batch.size()];
    rowStep.begin(batch, rows);
    steps.plan(batch);
    for (int step = 0; step < steps.size(); step++) {
      int from = steps.start(step);
      int n = steps.end(step) - from;
      denseStep.refresh();
      model.forward(batch, steps.order(), from, n, rowStep.weights());
      predict(batch, from, n, probabilities, weights);
      if (dropout.isOn()) {
        dropOut(batch, from, n);
      }
      int learned = setLogitGradients(batch, from, n, probabilities);
      teach(batch, from, n);
      double squared = squaredLogitGradients(n);
      model.backward(
          tasks.gradients(logitGradients),
          firstOrderGradients(batch, from, n, probabilities),
          rowStep.gradients());
      takeRowStep(batch, from, n, rows, squared);
      denseStep.gather(learned, squared);
    }
    rowStep.end(batch);
    gauge.endBatch();
    lastProbabilities = probabilities;
    lastWeights = weights;
    return Predictions.of(batch, probabilities, weights);
  }

  /** Of the batch learned last, the predictions of one of several tasks. */
  public Predictions predictions(MiniBatch batch, int task) {
    return Predictions.of(batch, lastProbabilities, lastWeights, task);
  }

  /** What share of their steps the groups of parameters take. */
  public StepShares shares() {
    return shares;
  }

  public int lastSteps() {
    return steps.size();
  }

  /** Takes the dense step of the examples learned since the last one, however few. */
  public void flushDense() {
    denseStep.take();
  }

  /** Examples not learned, or in part, and steps of the dense part not taken, as poison. */
  public long skipped() {
    return skipped + denseStep.refused();
  }

  private void predict(MiniBatch batch, int from, int n, float[] probabilities, float[] weights) {
    gauge.beginStep();
    for (int i = 0; i < n; i++) {
      int example = steps.order()[from + i];
      LabeledExample labeled = batch.example(example);
      int task = labeled.task();
      float within = tasks.within(i, task);
      float probability = tasks.probability(i, task, within);
      probabilities[example] = probability;
      weights[example] =
          labeled.weight() * (float) tasks.correction(task).trafficWeight(labeled, probability);
      count(labeled, probability, within);
    }
  }

  /** Counts the label in the gauge, unless its weight alone would outweigh all others. */
  private void count(LabeledExample labeled, float probability, float within) {
    float weight = learningWeight(labeled, probability);
    boolean sane = Math.abs(weight) + Math.abs(weight * labeled.label()) <= MAX_LOGIT_GRADIENT;
    if (!labeled.isLearned() || !sane) {
      return;
    }
    if (labeled.kind() == Kind.CORRECTION) {
      gauge.task(labeled.task()).correctLabel(weight, labeled.label(), within);
    } else {
      gauge.task(labeled.task()).addLabel(weight, labeled.label(), within);
    }
  }

  /**
   * Goes through the step's examples once more, as they are learned: with units that drop out. What
   * was predicted stays.
   */
  private void dropOut(MiniBatch batch, int from, int n) {
    for (int i = 0; i < n; i++) {
      LabeledExample labeled = batch.example(steps.order()[from + i]);
      keys[i] = ImpressionHash.key(labeled.impressionId());
    }
    dropout.examples(keys);
    model.forward(batch, steps.order(), from, n, rowStep.weights(), true);
  }

  /** Returns how many examples are to be learned, poison among them. */
  private int setLogitGradients(MiniBatch batch, int from, int n, float[] probabilities) {
    tasks.begin();
    int learned = 0;
    for (int i = 0; i < n; i++) {
      int example = steps.order()[from + i];
      LabeledExample labeled = batch.example(example);
      logitGradients[i] = Float.NaN;
      if (labeled.isLearned()) {
        learned++;
        float gradient =
            logitGradient(labeled, tasks.learned(i, labeled.task()), probabilities[example]);
        if (isSane(i, labeled.task(), gradient)) {
          logitGradients[i] = gradient;
        } else {
          skip(labeled, reason(i, labeled.task(), gradient));
        }
      }
      tasks.share(i, logitGradients[i]);
    }
    return learned;
  }

  /** Tells a dense part that learns from predictions what they are. */
  private void teach(MiniBatch batch, int from, int n) {
    if (!model.isTaught()) {
      return;
    }
    for (int task = 0; task < tasks.size(); task++) {
      for (int i = 0; i < n; i++) {
        LabeledExample labeled = batch.example(steps.order()[from + i]);
        boolean isOne = labeled.isLearned() && labeled.kind() != Kind.CORRECTION;
        wholeLogits[i] = tasks.own(i, task);
        lessons[i] = isOne && labeled.task() == task ? labeled.weight() : 0;
      }
      model.teach(task, wholeLogits, lessons);
    }
  }

  /**
   * The gradients that first-order weights learn from: the model's, and while the model is ruined
   * those of the first-order terms alone.
   */
  private float[] firstOrderGradients(MiniBatch batch, int from, int n, float[] probabilities) {
    if (!gauge.task(0).isRuined()) {
      return tasks.gradients(logitGradients)[0];
    }
    for (int i = 0; i < n; i++) {
      LabeledExample labeled = batch.example(steps.order()[from + i]);
      float probability = probabilities[steps.order()[from + i]];
      firstOrderGradients[i] =
          labeled.task() == 0
              ? logitGradient(labeled, model.firstOrder(i) + tasks.offset(0), probability)
              : tasks.gradients(logitGradients)[0][i];
    }
    return firstOrderGradients;
  }

  private double squaredLogitGradients(int n) {
    double squared = 0;
    for (int i = 0; i < n; i++) {
      double gradient = logitGradients[i];
      squared += Double.isNaN(gradient) ? 0 : gradient * gradient;
    }
    return squared;
  }

  private void takeRowStep(MiniBatch batch, int from, int n, float[] rows, double squared) {
    for (int i = 0; i < n; i++) {
      if (!Float.isNaN(logitGradients[i])) {
        rowStep.touch(batch, steps.order()[from + i]);
      }
    }
    rowStep.take(batch, rows, squared);
    for (int i = 0; rowStep.hasRefused() && i < n; i++) {
      if (!Float.isNaN(logitGradients[i])) {
        skipIfRefused(batch, steps.order()[from + i]);
      }
    }
  }

  /** Reports an example of which a row was left as it was, and the first such row. */
  private void skipIfRefused(MiniBatch batch, int example) {
    for (int o = batch.start(example); o < batch.start(example + 1); o++) {
      if (rowStep.refused(batch.row(o))) {
        skip(
            batch.example(example),
            "learned in part: in its row step the gradient of feature %s was too large"
                .formatted(batch.fid(batch.row(o))));
        return;
      }
    }
  }

  private void skip(LabeledExample example, String reason) {
    skipped++;
    listener.skipped(example, reason);
  }

  private float learningWeight(LabeledExample example, float probability) {
    return example.kind() == Kind.CORRECTION
        ? example.weight()
        : example.weight()
            * (float) tasks.correction(example.task()).learningWeight(example, probability);
  }

  private float logitGradient(LabeledExample example, float logit, float probability) {
    float weight = learningWeight(example, probability);
    return example.kind() == Kind.CORRECTION
        ? -weight * example.label()
        : weight * (Sigmoid.of(logit) - example.label());
  }

  private boolean isSane(int i, int task, float logitGradient) {
    return tasks.areFinite(i, task)
        && Math.abs(logitGradient) <= MAX_LOGIT_GRADIENT // false of NaN
        && model.squaredLength(i) <= MAX_SQUARED_LENGTH;
  }

  private String reason(int i, int task, float logitGradient) {
    return "not learned: logit %s, gradient of the loss by the logit %s, length of the embeddings %s"
        .formatted(model.logit(i, task), logitGradient, (float) Math.sqrt(model.squaredLength(i)));
  }

  private void reserve(int examples) {
    if (examples > logitGradients.length) {
      logitGradients = new float[2 * examples];
      firstOrderGradients = new float[logitGradients.length];
      wholeLogits = new float[logitGradients.length];
      lessons = new float[logitGradients.length];
      keys = new long[logitGradients.length];
      tasks.reserve(logitGradients.length);
    }
  }
}
