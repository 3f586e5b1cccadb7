package io.freshet.model.kind;

import io.freshet.feature.FeatureSchema;
import io.freshet.feature.Fids;
import io.freshet.model.ModelKind;
import io.freshet.model.ModelSettings;
import io.freshet.model.Tasks;
import io.freshet.model.algebra.LinearAlgebra;
import io.freshet.model.batch.MiniBatch;
import io.freshet.model.dense.DenseShape;
import io.freshet.model.input.Projections;
import io.freshet.model.input.TargetAttention;
import io.freshet.model.layer.Dropout;
import io.freshet.model.network.DenseNetwork;
import io.freshet.model.network.Networks;
import io.freshet.model.network.TaskNetworks;
import io.freshet.model.trunk.Trunks;
import java.util.Arrays;
import java.util.List;
import org.ejml.data.FMatrixRMaj;

/**
 * DeepFM (Guo et al. 2017, arXiv 1703.04247) and its relatives, forward and backward over the
 * examples of a row step.
 *
 * <p>With the weights (w, v) of an example's occurrences and the field embeddings e_f = sum of
 * value · v over the occurrences of field f, the logit is the sum of those terms that the {@link
 * ModelKind} has:
 *
 * <pre>
 * sum of value · w            first order, the bias among it
 * ½ (|Σ e_f|² - Σ |e_f|²)     second order: all pairs of fields, in linear time
 * dense(e_1 … e_F)            the layers of the dense part over the embeddings, in the order of
 *                             the fields: a {@link DenseNetwork}
 * </pre>
 *
 * The embedding of a field whose rows hold less is projected ({@link Projections}). A fid whose
 * field has no index (the bias) counts in the first order only. A field that shares the rows of
 * another has no first order: w belongs to the other. Weights, and the gradients by them, are in
 * batch-row order, 1 + k floats each.
 */
public final class DeepFm {
  private final int k;
  private final int[] indexes;
  private final int inputs;
  private final int[] sizes; // of the embeddings in rows, by index of the field
  private final boolean pairs;
  private final DenseNetwork network; // null where the model has none, or has towers
  private final Tasks tasks;
  private final TaskNetworks towers; // null where the model has one task
  private boolean predictsAll; // tasks, of every example
  private final List<TargetAttention> attentions;
  private final TargetAttention[] attentionOf; // by index of the field; null where it has none
  private final int[] listOf; // by index of the field: which of that attention's
  private final Projections projections;
  private final FMatrixRMaj fieldGradients = new FMatrixRMaj(0, 0); // where inputs have parameters
  private final FMatrixRMaj pooled; // what the rows of each field come to, of each example
  private final FMatrixRMaj embedded; // e of each example: the same without projections
  private final FMatrixRMaj noInputGradients = new FMatrixRMaj(0, 0);
  private float[] sums = new float[0]; // Σ e_f of each example
  private float[] firstOrder = new float[0];
  private float[] logits = new float[0];
  private float[] squaredLengths = new float[0]; // Σ |e_f|² of each example

  private MiniBatch batch;
  private float[] weights; // of the last forward pass
  private int[] order;
  private int from;
  private int n;

  public DeepFm(FeatureSchema schema, ModelSettings model) {
    this(schema, model, DenseShape.of(schema, model), Dropout.NONE);
  }

  public DeepFm(FeatureSchema schema, ModelSettings model, DenseShape shape, Dropout dropout) {
    k = model.embeddingSize();
    indexes = schema.indexes();
    inputs = schema.size() * k;
    sizes = schema.fields().stream().mapToInt(f -> model.embeddingSize(f.number())).toArray();
    pairs = model.kind().pairs();
    SequenceAttentions sequences = SequenceAttentions.of(schema, k, sizes, shape);
    attentions = sequences.all();
    attentionOf = sequences.byField();
    listOf = sequences.lists();
    tasks = model.tasks();
    Trunks.Parts parts =
        new Trunks.Parts(
            shape.inputs(),
            indexes,
            shape.network(),
            shape.placed(),
            dropout,
            LinearAlgebra.chosen());
    towers = tasks.areSeveral() ? Networks.ofTasks(parts) : null;
    network = towers != null || !shape.hasNetwork() ? null : Networks.of(parts);
    projections = new Projections(shape.inputs(), indexes, shape.placed());
    pooled = new FMatrixRMaj(0, inputs);
    embedded = projections.isEmpty() ? pooled : new FMatrixRMaj(0, inputs);
  }

  /** Whether a field's embedding is another than the sum of its values' rows. */
  boolean hasOwnEmbedding(int index) {
    return attentionOf[index] != null || sizes[index] < k;
  }

  boolean hasAttention() {
    return !attentions.isEmpty();
  }

  /** The embedding of the i-th example's field of an index, from an index of the target on. */
  void embedding(int i, int index, double[] to, int at) {
    for (int d = 0; d < k; d++) {
      to[at + d] = embedded.data[i * inputs + index * k + d];
    }
  }

  /** Takes over finished values of the dense parameters. */
  public void dense(float[] values) {
    if (network != null) {
      network.values(values);
    } else if (towers != null) {
      towers.values(values);
    }
    attentions.forEach(attention -> attention.values(values));
    projections.values(values);
  }

  /**
   * Computes the logits of examples {@code order[from]} … {@code order[from + n - 1]} of a batch.
   *
   * @param rows weights
   */
  public void forward(MiniBatch batch, int[] order, int from, int n, float[] rows) {
    forward(batch, order, from, n, rows, false);
  }

  /** The same; in training, units drop out and are normalized by the examples' own mean. */
  public void forward(
      MiniBatch batch, int[] order, int from, int n, float[] rows, boolean training) {
    this.batch = batch;
    this.order = order;
    this.from = from;
    this.n = n;
    reserve();
    attentions.forEach(TargetAttention::clear);
    for (int i = 0; i < n; i++) {
      firstOrder[i] = embed(i, rows);
    }
    attentions.forEach(attention -> attention.forward(pooled, rows));
    if (!projections.isEmpty()) {
      projections.forward(pooled, embedded);
    }
    weights = rows;
    for (int i = 0; i < n; i++) {
      float second = interactions(i);
      logits[i] = firstOrder[i] + (pairs ? second : 0);
    }
    if (network != null) {
      add(network.forward(embedded, training));
    } else if (towers != null) {
      towers.forward(embedded, this::needs, training);
      for (int i = 0; i < n; i++) {
        logits[i] += towers.output(0, i);
      }
    }
  }

  private boolean needs(int i, int task) {
    return predictsAll || tasks.needs(batch.example(order[from + i]).task(), task);
  }

  /** Computes every task of every example from now on, not only those that an example is of. */
  void predictAll() {
    predictsAll = true;
  }

  /**
   * The logit of a task; of one that follows on another, given that. All terms are those of the
   * first task; the others have their own network alone.
   */
  public float logit(int i, int task) {
    return task == 0 ? logits[i] : towers.output(task, i);
  }

  /** The sum of all terms. */
  public float logit(int i) {
    return logits[i];
  }

  /** The first-order term of the i-th example. */
  public float firstOrder(int i) {
    return firstOrder[i];
  }

  /** The summed squares of the i-th example's field embeddings. */
  public float squaredLength(int i) {
    return squaredLengths[i];
  }

  /**
   * Adds the gradients for the examples of the last forward pass: the rows' to {@code gradients},
   * the dense ones to what {@link #drain} writes.
   *
   * @param logitGradients of the examples' losses by the logit; one that is not a number leaves its
   *     example out
   */
  public void backward(float[] logitGradients, float[] gradients) {
    backward(logitGradients, logitGradients, gradients);
  }

  /** The same; first-order weights learn from gradients of their own. */
  public void backward(float[] logitGradients, float[] firstOrderGradients, float[] gradients) {
    backward(new float[][] {logitGradients}, firstOrderGradients, gradients);
  }

  /**
   * The same of several tasks.
   *
   * @param taskGradients by task, then by example: by the task's own logit, 0 for one that the
   *     example does not need
   */
  public void backward(float[][] taskGradients, float[] firstOrderGradients, float[] gradients) {
    float[] logitGradients = taskGradients[0];
    FMatrixRMaj inputGradients = inputGradients(taskGradients);
    boolean addsPairs = pairs;
    if (!attentions.isEmpty() || !projections.isEmpty()) {
      fillFieldGradients(logitGradients, inputGradients);
      projections.backward(logitGradients, fieldGradients);
      for (TargetAttention attention : attentions) {
        attention.backward(pooled, weights, logitGradients, fieldGradients, gradients);
      }
      inputGradients = fieldGradients;
      addsPairs = false; // they are among those
    }
    for (int i = 0; i < n; i++) {
      if (!Float.isNaN(logitGradients[i])) {
        addRowGradients(
            i,
            addsPairs ? logitGradients[i] : 0, // by the pairs
            firstOrderGradients[i],
            inputGradients.data,
            gradients);
      }
    }
  }

  private FMatrixRMaj inputGradients(float[][] taskGradients) {
    if (towers != null) {
      return towers.backward(taskGradients, n, inputs);
    }
    return network == null ? noInputGradients : network.backward(taskGradients[0]);
  }

  private void fillFieldGradients(float[] logitGradients, FMatrixRMaj inputGradients) {
    fieldGradients.reshape(n, inputs);
    for (int i = 0; i < n; i++) {
      boolean addsPairs = pairs && !Float.isNaN(logitGradients[i]);
      for (int j = 0; j < inputs; j++) {
        int at = i * inputs + j;
        float others = addsPairs ? sums[i * k + j % k] - embedded.data[at] : 0;
        fieldGradients.data[at] =
            inputGradients.data[at] + (addsPairs ? logitGradients[i] * others : 0);
      }
    }
  }

  /** Whether the dense part learns from predictions: see {@link DenseNetwork#teach}. */
  public boolean isTaught() {
    return towers != null ? towers.isTaught() : network != null && network.isTaught();
  }

  /** Teaches the network of a task. */
  public void teach(int task, float[] wholeLogits, float[] weights) {
    if (towers != null) {
      towers.teach(task, wholeLogits, weights);
    } else {
      network.teach(wholeLogits, weights);
    }
  }

  /** Writes the gathered gradient of the dense parameters, in their order, and resets it. */
  public void drain(float[] gradient) {
    if (network != null) {
      network.drain(gradient);
    } else if (towers != null) {
      towers.drain(gradient);
    }
    attentions.forEach(attention -> attention.drain(gradient));
    projections.drain(gradient);
  }

  /** What normalization has learned without gradients: see {@link DenseNetwork#running()}. */
  public float[] running() {
    return network == null ? new float[0] : network.running();
  }

  public void running(float[] values) {
    if (network != null) {
      network.running(values);
    }
  }

  private void add(FMatrixRMaj outputs) {
    for (int i = 0; i < n; i++) {
      logits[i] += outputs.data[i];
    }
  }

  /** Whether an occurrence is a value that attends: that of a missing one does not. */
  private boolean attends(int index, int occurrence) {
    return attentionOf[index] != null
        && batch.fid(batch.row(occurrence)) != Fids.missing(batch.field(occurrence));
  }

  /** Fills the field embeddings of the i-th example; returns its first-order sum. */
  private float embed(int i, float[] rows) {
    int example = order[from + i];
    int e = i * inputs;
    float[] data = pooled.data;
    Arrays.fill(data, e, e + inputs, 0);
    float firstOrder = 0;
    attentions.forEach(TargetAttention::begin);
    for (int o = batch.start(example); o < batch.start(example + 1); o++) {
      float value = batch.value(o);
      int row = batch.row(o) * (1 + k);
      firstOrder += batch.hasOwnRow(o) ? value * rows[row] : 0;
      int index = index(o);
      if (index >= 0 && attends(index, o)) {
        attentionOf[index].add(listOf[index], i, row + 1, value);
      } else if (index >= 0) {
        int field = e + index * k;
        int size = sizes[index];
        for (int d = 0; d < size; d++) {
          data[field + d] += value * rows[row + 1 + d];
        }
      }
    }
    return firstOrder;
  }

  /** Sums the i-th example's field embeddings; returns its second-order term. */
  private float interactions(int i) {
    float[] data = embedded.data;
    int sum = i * k;
    Arrays.fill(sums, sum, sum + k, 0);
    float squares = 0;
    for (int field = i * inputs; field < (i + 1) * inputs; field += k) {
      for (int d = 0; d < k; d++) {
        float x = data[field + d];
        sums[sum + d] += x;
        squares += x * x;
      }
    }
    float squareOfSum = 0;
    for (int d = 0; d < k; d++) {
      squareOfSum += sums[sum + d] * sums[sum + d];
    }
    squaredLengths[i] = squares;
    return 0.5f * (squareOfSum - squares);
  }

  private void addRowGradients(
      int i,
      float logitGradient,
      float firstOrderGradient,
      float[] inputGradients,
      float[] gradients) {
    int example = order[from + i];
    for (int o = batch.start(example); o < batch.start(example + 1); o++) {
      float value = batch.value(o);
      int row = batch.row(o) * (1 + k);
      gradients[row] += batch.hasOwnRow(o) ? value * firstOrderGradient : 0;
      int index = index(o);
      if (index >= 0 && !attends(index, o)) {
        int field = i * inputs + index * k;
        int size = sizes[index];
        for (int d = 0; d < size; d++) {
          float others = logitGradient != 0 ? sums[i * k + d] - embedded.data[field + d] : 0;
          gradients[row + 1 + d] += value * (inputGradients[field + d] + logitGradient * others);
        }
      }
    }
  }

  private int index(int occurrence) {
    return indexes[batch.field(occurrence)];
  }

  private void reserve() {
    pooled.reshape(n, inputs);
    if (logits.length < n) {
      firstOrder = new float[2 * n];
      logits = new float[2 * n];
      squaredLengths = new float[2 * n];
      sums = new float[2 * n * k];
      noInputGradients.reshape(network == null && towers == null ? 2 * n : 0, inputs);
    }
  }
}
