package io.freshet.model.kind;

import io.freshet.feature.FeatureSchema;
import io.freshet.feature.Fids;
import io.freshet.feature.example.Example;
import io.freshet.feature.example.LabeledExample;
import io.freshet.model.ModelSettings;
import io.freshet.model.batch.MiniBatch;
import io.freshet.model.batch.SharedRows;
import io.freshet.model.dense.DenseShape;
import io.freshet.model.gauge.PublishedGauge;
import io.freshet.model.gauge.PublishedGauge.NumberEncoding;
import io.freshet.model.label.LabelCorrection;
import io.freshet.model.row.RowLayout;
import io.freshet.model.row.RowWeights;
import io.freshet.model.row.UnknownRows;
import java.util.Arrays;
import java.util.List;

/**
 * Predicts from weights of rows and of the dense part, by the same arithmetic as the trainer.
 *
 * <p>Not thread-safe: it reuses its buffers. Predictors may share the rows and dense values.
 */
public final class Predictor {
  private final FeatureSchema schema;
  private final ModelSettings settings;
  private final RowWeights rows;
  private final UnknownRows unknown;
  private final DeepFm model;
  private final int[] indexes;
  private PublishedGauge[] gauges; // by task
  private NumberEncoding encoding;
  private final LabelCorrection[] corrections; // by task
  private final TaskChain chain;
  private final MiniBatch batch;
  private float[] finished = new float[0];
  private int[] order = new int[0];

  /**
   * A predictor.
   *
   * @param dense finished values of the deep part, in the order of {@link DenseShape}
   * @param gauge how numbers are standardized and predictions mixed
   * @param correction what makes probabilities of the logits of the first task; the settings have
   *     those of others
   */
  public Predictor(
      FeatureSchema schema,
      ModelSettings settings,
      RowWeights rows,
      UnknownRows unknown,
      float[] dense,
      PublishedGauge gauge,
      LabelCorrection correction) {
    chain = new TaskChain(settings.tasks());
    corrections = new LabelCorrection[settings.tasks().size()];
    Arrays.setAll(
        corrections,
        t -> t == 0 ? correction : LabelCorrection.of(settings.tasks().all().get(t).labels()));
    this.schema = schema;
    this.settings = settings;
    this.rows = rows;
    this.unknown = unknown;
    model = new DeepFm(schema, settings);
    model.predictAll();
    indexes = schema.indexes();
    batch = new MiniBatch(SharedRows.of(schema));
    load(dense, gauge);
  }

  /** Predicts with another dense part and gauge from now on. */
  public void load(float[] values, PublishedGauge measured) {
    int expected = DenseShape.of(schema, settings).size();
    if (values.length != expected) {
      throw new IllegalArgumentException(
          values.length + " dense values, but the model has " + expected);
    }
    if (measured.tasks() != corrections.length && !measured.equals(PublishedGauge.NONE)) {
      throw new IllegalArgumentException(
          "a gauge of %s tasks, but the model has %s"
              .formatted(measured.tasks(), corrections.length));
    }
    model.dense(values);
    gauges = new PublishedGauge[corrections.length];
    Arrays.setAll(gauges, task -> measured.tasks() == 1 ? measured : measured.of(task));
    encoding = measured.encoding(schema);
  }

  public float predict(Example example) {
    return predict(List.of(example))[0];
  }

  /** The probabilities of the first task. */
  public float[] predict(List<Example> examples) {
    return predictTasks(examples)[0];
  }

  /** The probabilities of every task: by task, then by example. */
  public float[][] predictTasks(List<Example> examples) {
    forward(examples.stream().map(encoding::encode).toList());
    float[][] values = new float[corrections.length][examples.size()];
    for (int task = 0; task < values.length; task++) {
      int parent = chain.parent(task);
      for (int i = 0; i < values[task].length; i++) {
        double own = ownLogit(i, task);
        double logit = parent < 0 ? own : TaskChain.joint(values[parent][i], own);
        values[task][i] = corrections[task].probability((float) logit);
      }
    }
    return values;
  }

  /** The mixed logit of a task, given the one that it follows on. */
  private double ownLogit(int i, int task) {
    return gauges[task].logit(task == 0 ? model.firstOrder(i) : 0, model.logit(i, task));
  }

  /**
   * How much each field adds to a task's logit of an example, before mixing and correction; of a
   * task that follows on another, to its logit given that.
   */
  public Explanation explain(Example example, int task) {
    Example encoded = encoding.encode(example);
    PublishedGauge its = gauges[task];
    forward(List.of(encoded));
    double firstOrder = task == 0 ? model.firstOrder(0) : 0;
    double sum = model.logit(0, task);
    Explanation.Mixed mixed =
        new Explanation.Mixed(
            its.offset(),
            firstOrder,
            its.experts().stream().map(e -> its.probability(e, firstOrder, sum)).toList(),
            1 / (1 + Math.exp(-its.logit(firstOrder, sum))));
    return Explanation.of(
        encoded,
        mixed,
        indexes,
        task == 0 && settings.kind().pairs(),
        settings.kind().deep() || model.hasAttention(),
        each -> sums(each, task),
        all -> logits(all, task));
  }

  private float[] logits(List<Example> examples, int task) {
    forward(examples);
    float[] logits = new float[batch.size()];
    for (int i = 0; i < logits.length; i++) {
      logits[i] = (float) gauges[task].offset() + model.logit(i, task);
    }
    return logits;
  }

  private void forward(List<Example> examples) {
    batch.clear();
    examples.forEach(e -> batch.add(new LabeledExample("", 0, 0, 1, e)));
    reserve();
    rows.readAll(batch, 1 + settings.embeddingSize(), finished, this::fillUnknown);
    model.forward(batch, order, 0, batch.size(), finished);
  }

  /**
   * For each index the sums of value · w, which only the first task has, and of value · v over its
   * field's occurrences.
   */
  private double[][] sums(Example example, int task) {
    forward(List.of(example)); // fills the batch and its weights
    int width = 1 + settings.embeddingSize();
    double[][] sums = new double[schema.size()][width];
    for (int o = 0; o < batch.occurrences(); o++) {
      int row = batch.row(o);
      int index = indexes[batch.field(o)];
      for (int d = task == 0 && batch.hasOwnRow(o) ? 0 : 1; index >= 0 && d < width; d++) {
        sums[index][d] += (double) batch.value(o) * finished[row * width + d];
      }
    }
    for (int index = 0; index < sums.length; index++) {
      if (model.hasOwnEmbedding(index)) {
        model.embedding(0, index, sums[index], 1);
      }
    }
    return sums;
  }

  private void fillUnknown(int row) {
    int k = settings.embeddingSize();
    int at = row * (1 + k);
    if (unknown.isZero(batch.fid(row))) {
      Arrays.fill(finished, at, at + 1 + k, 0);
    } else {
      int size = settings.embeddingSize(Fids.field(batch.fid(row)));
      RowLayout.startValues(settings.seed(), size, batch.fid(row), finished, at);
      Arrays.fill(finished, at + 1 + size, at + 1 + k, 0);
    }
  }

  private void reserve() {
    int floats = batch.rows() * (1 + settings.embeddingSize());
    if (floats > finished.length) {
      finished = new float[2 * floats];
    }
    if (batch.size() > order.length) {
      order = new int[2 * batch.size()];
      Arrays.setAll(order, i -> i);
    }
  }
}
