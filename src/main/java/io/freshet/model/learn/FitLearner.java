package io.freshet.model.learn;

import io.freshet.feature.FeatureSchema;
import io.freshet.feature.Fids;
import io.freshet.feature.example.LabeledExample;
import io.freshet.model.FitSettings;
import io.freshet.model.ModelSettings;
import io.freshet.model.Safeguards;
import io.freshet.model.algebra.Sigmoid;
import io.freshet.model.batch.LongIndex;
import io.freshet.model.batch.MiniBatch;
import io.freshet.model.batch.SharedRows;
import io.freshet.model.dense.DenseParameters;
import io.freshet.model.dense.DenseShape;
import io.freshet.model.gauge.Gauge;
import io.freshet.model.kind.DeepFm;
import io.freshet.model.layer.Dropout;
import io.freshet.model.optimizer.FieldLearning;
import io.freshet.model.optimizer.OptimizerSettings;
import io.freshet.model.optimizer.RowPenalty;
import io.freshet.model.row.RowLayout;
import java.util.Arrays;
import java.util.List;

/**
 * Fits a model of any kind by steps over examples at hand, on one thread: for comparison with
 * figures that were published for shuffled data and several passes, not for streams.
 *
 * <p>The loss of a step is the weighted mean of its examples' logloss, plus {@code embeddingL2 / 2}
 * times the squares of the rows but the bias (of all rows, or of those in the step) and {@code
 * denseL2 / 2} times those of the dense parameters. A row is there from when its feature is first
 * {@linkplain #meet met}; a feature never met counts as nothing.
 *
 * <p>A gradient longer than {@value #MAX_LENGTH}, over all parameters and with the penalties, is
 * shortened to that. Normalization makes the first gradients of small embeddings very long, and
 * Adam's second moments would remember them for a thousand steps.
 */
public final class FitLearner {
  private static final double MAX_LENGTH = 10;

  private final FitSettings fit;
  private final ModelSettings settings;
  private final List<FieldLearning> fields;
  private final RowPenalty penalty;
  private final Dropout dropout;
  private final DeepFm model;
  private final Gauge gauge; // of the numbers alone
  private boolean measured; // all numbers that are to be learned
  private final DenseShape shape;
  private OptimizerSettings optimizer;
  private RowLayout layout;
  private DenseParameters dense;
  private final LongIndex index = new LongIndex(1024);
  private float[] table = new float[0]; // stored rows, by the index
  private float[] tableGradients = new float[0]; // by weights; 0 between steps

  private final SharedRows shared;
  private final MiniBatch batch;
  private float[] finished = new float[0]; // of the batch's rows
  private float[] gradients = new float[0]; // by them; 0 between steps
  private int[] order = new int[0];
  private float[] logitGradients = new float[0];
  private float[] wholeLogits = new float[0];
  private float[] shares = new float[0]; // of each example in the loss
  private int[] places = new int[0]; // of the batch's rows in the table; -1 where it has none
  private long[] numbers = new long[0]; // of the examples
  private long learned; // examples, each as often as it was
  private final float[] row; // weights of one row
  private final float[] denseValues;
  private final float[] denseGradient;

  /** All that learning changes, at one moment. */
  public record State(float[] table, float[] dense, float[] running) {}

  public FitLearner(FeatureSchema schema, ModelSettings settings, FitSettings fit) {
    this(schema, settings, fit, List.of());
  }

  /** A learner that learns the rows of some fields otherwise. */
  public FitLearner(
      FeatureSchema schema, ModelSettings settings, FitSettings fit, List<FieldLearning> fields) {
    this(
        schema,
        settings,
        fit,
        fields,
        DenseParameters.startNormal(
            DenseShape.of(schema, settings, fit.batchNorm()), settings.seed(), fit.optimizer()));
  }

  /** A learner whose dense parameters start as given; it owns them. */
  FitLearner(
      FeatureSchema schema,
      ModelSettings settings,
      FitSettings fit,
      List<FieldLearning> fields,
      DenseParameters dense) {
    this.fit = fit;
    shared = SharedRows.of(schema);
    batch = new MiniBatch(shared);
    this.fields = List.copyOf(fields);
    penalty = new RowPenalty(fit.embeddingL2(), fields);
    dropout = new Dropout(fit.dropout(), settings.seed());
    this.settings = settings;
    this.dense = dense;
    shape = dense.shape();
    model = new DeepFm(schema, settings, shape, dropout);
    gauge = new Gauge(schema, settings.kind(), Safeguards.OFF, true);
    optimizer = fit.optimizer();
    layout = new RowLayout(settings, optimizer, fields, fit.embeddingStart());
    row = new float[layout.finishedWidth()];
    denseValues = new float[dense.size()];
    denseGradient = new float[dense.size()];
  }

  /**
   * Measures the numbers of all examples to learn from, and gives their features rows, as a dense
   * framework's table has them all along.
   */
  public void meet(List<LabeledExample> examples) {
    examples.forEach(example -> gauge.encode(example.example(), true));
    measured = true;
    examples.stream()
        .map(example -> gauge.encode(example.example(), false))
        .forEach(example -> Arrays.stream(example.fids()).map(shared::row).forEach(this::add));
  }

  /**
   * Takes one step.
   *
   * @return the examples' mean loss before it, without penalties
   */
  public double learn(List<LabeledExample> examples) {
    fill(examples, !measured);
    for (int row = 0; row < batch.rows(); row++) {
      add(batch.fid(row));
    }
    finishRows();
    for (int i = 0; i < examples.size(); i++) {
      numbers[i] = learned++;
    }
    dropout.examples(numbers);
    forward(true);
    double loss = logitGradients(examples);
    if (model.isTaught()) {
      model.teach(0, wholeLogits, shares);
    }
    model.backward(logitGradients, gradients);
    float scale = clip(gatherRows() + gatherDense());
    updateRows(scale);
    updateDense(scale);
    return loss;
  }

  public float[] predict(List<LabeledExample> examples) {
    fill(examples, false);
    finishRows();
    forward(false);
    float[] probabilities = new float[examples.size()];
    for (int i = 0; i < probabilities.length; i++) {
      probabilities[i] = Sigmoid.of(model.logit(i));
    }
    return probabilities;
  }

  public int rows() {
    return index.size();
  }

  /** Parameters in all, without optimizer slots. */
  public long parameters() {
    return (long) rows() * layout.finishedWidth() + dense.size();
  }

  /** What the model is now; rows met later are kept by {@link #restore} as they are then. */
  public State state() {
    return new State(
        Arrays.copyOf(table, rows() * layout.width()), dense.readAll(), model.running());
  }

  public void restore(State state) {
    System.arraycopy(state.table, 0, table, 0, state.table.length);
    dense.writeAll(state.dense);
    model.running(state.running);
  }

  /** Learns at so many times the rate from now on. */
  public void scaleRate(float factor) {
    optimizer = optimizer.scaled(factor);
    layout = new RowLayout(settings, optimizer, fields, fit.embeddingStart());
    float[] planes = dense.readAll();
    dense = DenseParameters.start(shape, settings.seed(), optimizer);
    dense.writeAll(planes);
  }

  private void fill(List<LabeledExample> examples, boolean measure) {
    batch.clear();
    for (LabeledExample example : examples) {
      batch.add(example.with(gauge.encode(example.example(), measure)));
    }
    int floats = batch.rows() * layout.finishedWidth();
    if (floats > finished.length) {
      finished = new float[2 * floats];
      gradients = new float[2 * floats];
    }
    if (batch.rows() > places.length) {
      places = new int[2 * batch.rows()];
    }
    if (batch.size() > order.length) {
      order = new int[2 * batch.size()];
      logitGradients = new float[order.length];
      wholeLogits = new float[order.length];
      shares = new float[order.length];
      numbers = new long[order.length];
      Arrays.setAll(order, i -> i);
    }
  }

  private void add(long fid) {
    int known = index.size();
    if (index.add(fid) == known) {
      if ((known + 1) * layout.width() > table.length) {
        int rows = Math.max(1024, 2 * known);
        table = Arrays.copyOf(table, Math.multiplyExact(rows, layout.width()));
        tableGradients = new float[rows * layout.finishedWidth()];
      }
      layout.start(fid, table, known * layout.width());
    }
  }

  private void finishRows() {
    int width = layout.finishedWidth();
    for (int row = 0; row < batch.rows(); row++) {
      places[row] = index.find(batch.fid(row));
      if (places[row] < 0) {
        Arrays.fill(finished, row * width, (row + 1) * width, 0);
      } else {
        layout.finish(batch.fid(row), table, places[row] * layout.width(), finished, row * width);
      }
    }
  }

  private void forward(boolean training) {
    dense.finish(denseValues);
    model.dense(denseValues);
    model.forward(batch, order, 0, batch.size(), finished, training);
  }

  private double logitGradients(List<LabeledExample> examples) {
    double weights = 0;
    double loss = 0;
    for (int i = 0; i < examples.size(); i++) {
      weights += examples.get(i).weight();
    }
    for (int i = 0; i < examples.size(); i++) {
      LabeledExample example = examples.get(i);
      float share = (float) (example.weight() / weights);
      shares[i] = share;
      wholeLogits[i] = model.logit(i);
      double logit = model.logit(i);
      logitGradients[i] = share * (Sigmoid.of(model.logit(i)) - example.label());
      loss += share * (softplus(logit) - example.label() * logit);
    }
    return loss;
  }

  /** Adds the penalties to the rows' gradients, by place; returns their summed squares. */
  private double gatherRows() {
    int width = layout.finishedWidth();
    for (int row = 0; row < batch.rows(); row++) {
      System.arraycopy(gradients, row * width, tableGradients, places[row] * width, width);
      Arrays.fill(gradients, row * width, (row + 1) * width, 0);
    }
    double squares = 0;
    for (int i = 0; i < moved(); i++) {
      int place = moved(i);
      addPenalty(place);
      squares += squares(tableGradients, place * width, width);
    }
    return squares;
  }

  private void addPenalty(int place) {
    long fid = index.key(place);
    if (penalty.isOn() && fid != Fids.BIAS) {
      int width = layout.finishedWidth();
      layout.finish(fid, table, place * layout.width(), row, 0);
      penalty.add(fid, row, 0, tableGradients, place * width, width);
    }
  }

  private int moved() {
    return fit.wholeTable() ? index.size() : batch.rows();
  }

  private int moved(int i) {
    return fit.wholeTable() ? i : places[i];
  }

  private void updateRows(float scale) {
    int width = layout.finishedWidth();
    for (int i = 0; i < moved(); i++) {
      int place = moved(i);
      scale(tableGradients, place * width, width, scale);
      layout.update(index.key(place), table, place * layout.width(), tableGradients, place * width);
      Arrays.fill(tableGradients, place * width, (place + 1) * width, 0);
    }
  }

  /** Gathers the dense gradient with its penalty; returns its summed squares. */
  private double gatherDense() {
    if (dense.size() == 0) {
      return 0;
    }
    model.drain(denseGradient);
    for (int i = 0; i < denseGradient.length; i++) {
      denseGradient[i] += fit.denseL2() * denseValues[i];
    }
    return squares(denseGradient, 0, denseGradient.length);
  }

  private void updateDense(float scale) {
    if (dense.size() > 0) {
      scale(denseGradient, 0, denseGradient.length, scale);
      dense.update(denseGradient);
    }
  }

  /** What a gradient of so many summed squares is multiplied by, to be no longer than allowed. */
  private static float clip(double squares) {
    return (float) Math.min(1, MAX_LENGTH / Math.sqrt(squares));
  }

  private static double squares(float[] values, int from, int n) {
    double squares = 0;
    for (int i = from; i < from + n; i++) {
      squares += values[i] * values[i];
    }
    return squares;
  }

  private static void scale(float[] values, int from, int n, float factor) {
    for (int i = from; factor < 1 && i < from + n; i++) {
      values[i] *= factor;
    }
  }

  /** ln(1 + eˣ). */
  private static double softplus(double x) {
    return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
  }
}
