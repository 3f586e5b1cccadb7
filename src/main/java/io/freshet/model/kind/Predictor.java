package io.freshet.model.kind;

import io.freshet.feature.FeatureSchema;
import io.freshet.feature.Fids;
import io.freshet.feature.example.Example;
import io.freshet.feature.example.LabeledExample;
import io.freshet.model.ModelSettings;
import io.freshet.model.batch.MiniBatch;
import io.freshet.model.dense.DenseShape;
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
  private final LabelCorrection correction;
  private final MiniBatch batch = new MiniBatch();
  private float[] finished = new float[0];
  private int[] order = new int[0];

  /**
   * A predictor.
   *
   * @param dense finished values of the deep part, in the order of {@link DenseShape}
   * @param correction what makes probabilities of the model's logits
   */
  public Predictor(
      FeatureSchema schema,
      ModelSettings settings,
      RowWeights rows,
      UnknownRows unknown,
      float[] dense,
      LabelCorrection correction) {
    this.correction = correction;
    this.schema = schema;
    this.settings = settings;
    this.rows = rows;
    this.unknown = unknown;
    model = new DeepFm(schema, settings);
    indexes = schema.indexes();
    dense(dense);
  }

  /** A predictor of a model whose probabilities need no correction. */
  public Predictor(
      FeatureSchema schema,
      ModelSettings settings,
      RowWeights rows,
      UnknownRows unknown,
      float[] dense) {
    this(schema, settings, rows, unknown, dense, LabelCorrection.none());
  }

  /** Predicts with other finished values of the deep part from now on. */
  public void dense(float[] values) {
    int expected = DenseShape.of(schema.size(), settings).size();
    if (values.length != expected) {
      throw new IllegalArgumentException(
          values.length + " dense values, but the model has " + expected);
    }
    model.dense(values);
  }

  public float predict(Example example) {
    return predict(List.of(example))[0];
  }

  public float[] predict(List<Example> examples) {
    float[] values = logits(examples);
    for (int i = 0; i < values.length; i++) {
      values[i] = correction.probability(values[i]);
    }
    return values;
  }

  /** How much each field adds to the logit of an example, before any correction. */
  public Explanation explain(Example example) {
    return Explanation.of(example, indexes, settings.kind(), this::sums, this::logits);
  }

  private float[] logits(List<Example> examples) {
    batch.clear();
    examples.forEach(e -> batch.add(new LabeledExample("", 0, 0, 1, e)));
    reserve();
    rows.readAll(batch, 1 + settings.embeddingSize(), finished, this::fillUnknown);
    model.forward(batch, order, 0, batch.size(), finished);
    float[] logits = new float[batch.size()];
    for (int i = 0; i < logits.length; i++) {
      logits[i] = model.logit(i);
    }
    return logits;
  }

  /** For each index the sums of value · w and of value · v over its field's occurrences. */
  private double[][] sums(Example example) {
    logits(List.of(example)); // fills the batch and its weights
    int width = 1 + settings.embeddingSize();
    double[][] sums = new double[schema.size()][width];
    for (int o = 0; o < batch.occurrences(); o++) {
      int row = batch.row(o);
      int index = indexes[Fids.field(batch.fid(row))];
      for (int d = 0; index >= 0 && d < width; d++) {
        sums[index][d] += (double) batch.value(o) * finished[row * width + d];
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
      RowLayout.startValues(settings.seed(), k, batch.fid(row), finished, at);
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
