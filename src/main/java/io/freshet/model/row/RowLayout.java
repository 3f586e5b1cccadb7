package io.freshet.model.row;

import io.freshet.feature.Fids;
import io.freshet.model.LearningSettings;
import io.freshet.model.ModelSettings;
import io.freshet.model.layer.CounterRng;
import io.freshet.model.optimizer.FieldLearning;
import io.freshet.model.optimizer.Optimizer;
import io.freshet.model.optimizer.OptimizerSettings;
import java.util.Arrays;
import java.util.List;

/**
 * Layout of a row of the embedding table in a float array: {@code [w, v₁…v_k | slots of w | slots
 * of v]}.
 *
 * <p>The <em>stored</em> row is what travels in the loop and is kept in state; the <em>weights</em>
 * row, {@code [w, v₁…v_k]}, holds the values that the model computes with, and is what snapshots
 * hold. Fields may have separate rates, so a row is read and moved by its feature's field.
 *
 * <p>Where a field has embeddings of a size of its own, s &lt; k, v_{s+1}…v_k and their slots are 0
 * from the start and never move.
 */
public final class RowLayout {
  private static final float START_DEVIATION = 0.01f;

  private final int embeddingSize;
  private final int[] sizes; // of the embeddings, by field number
  private final long seed;
  private final Optimizer[] firstOrder; // by field number, as are those of the embeddings
  private final Optimizer[] embedding;
  private final UnknownRows starts;
  private final int embeddingSlots; // where they begin
  private final float startDeviation;
  private final int width;

  public RowLayout(ModelSettings model, LearningSettings learning) {
    this(model, learning, UnknownRows.START);
  }

  /**
   * The layout of a table where features of some fields start at 0.
   *
   * @param starts which they are
   */
  public RowLayout(ModelSettings model, LearningSettings learning, UnknownRows starts) {
    this(
        model,
        learning.firstOrder(),
        learning.embedding(),
        learning.regularization().fields(),
        starts,
        START_DEVIATION);
  }

  /** A layout with one optimizer for all, where embeddings start with a given deviation. */
  public RowLayout(
      ModelSettings model,
      OptimizerSettings optimizer,
      List<FieldLearning> fields,
      float startDeviation) {
    this(model, optimizer, optimizer, fields, UnknownRows.START, startDeviation);
  }

  private RowLayout(
      ModelSettings model,
      OptimizerSettings firstOrder,
      OptimizerSettings embedding,
      List<FieldLearning> fields,
      UnknownRows starts,
      float startDeviation) {
    this.starts = starts;
    this.startDeviation = startDeviation;
    embeddingSize = model.embeddingSize();
    sizes = new int[Fids.MAX_FIELD + 1];
    Arrays.setAll(sizes, model::embeddingSize);
    seed = model.seed();
    this.firstOrder = byField(firstOrder, fields);
    this.embedding = byField(embedding, fields);
    embeddingSlots = parameters() + this.firstOrder[0].slotWidth(1);
    width = embeddingSlots + this.embedding[0].slotWidth(embeddingSize);
  }

  private static Optimizer[] byField(OptimizerSettings settings, List<FieldLearning> fields) {
    Optimizer[] optimizers = new Optimizer[Fids.MAX_FIELD + 1];
    Arrays.fill(optimizers, settings.optimizer());
    for (FieldLearning field : fields) {
      if (field.rate() != 1) {
        optimizers[field.number()] = settings.scaled(field.rate()).optimizer();
      }
    }
    return optimizers;
  }

  public int embeddingSize() {
    return embeddingSize;
  }

  /** How many numbers the embedding of a feature holds. */
  int embeddingSize(long fid) {
    return sizes[Fids.field(fid)];
  }

  /** How rows travel and are kept. */
  public RowPacking packing() {
    return new RowPacking(width, embeddingSize, embeddingSlots, sizes);
  }

  /** Floats of a stored row. */
  public int width() {
    return width;
  }

  /** Stored parameters, at the start of a row: the part of a delta that concurrency scales. */
  public int parameters() {
    return 1 + embeddingSize;
  }

  /** Floats of a row's weights. */
  public int finishedWidth() {
    return 1 + embeddingSize;
  }

  /** Writes the row that a feature starts with, from (seed, fid) alone. */
  public void start(long fid, float[] row, int at) {
    if (starts.isZero(fid)) {
      Arrays.fill(row, at, at + parameters(), 0);
    } else {
      startValues(seed, embeddingSize, fid, startDeviation, row, at);
    }
    startSlots(fid, row, at);
    clearTail(fid, row, at);
  }

  /** Writes a feature's row that starts with given finished values, {@code finished[f …]}. */
  public void startFrom(long fid, float[] finished, int f, float[] row, int at) {
    System.arraycopy(finished, f, row, at, parameters());
    startSlots(fid, row, at);
    clearTail(fid, row, at);
  }

  /** Sets the rest of a shorter embedding to 0, and its slots, plane by plane. */
  private void clearTail(long fid, float[] row, int at) {
    int k = embeddingSize;
    int size = embeddingSize(fid);
    Arrays.fill(row, at + 1 + size, at + 1 + k, 0);
    for (int s = at + embeddingSlots; size < k && s + k <= at + width; s += k) {
      Arrays.fill(row, s + size, s + k, 0);
    }
  }

  private void startSlots(long fid, float[] row, int at) {
    int field = Fids.field(fid);
    firstOrder[field].start(row, at, at + parameters(), 1);
    embedding[field].start(row, at + 1, at + embeddingSlots, embeddingSize);
  }

  /** The weights that a feature starts with: w = 0, v near-normal with deviation .01. */
  public static void startValues(long seed, int embeddingSize, long fid, float[] finished, int f) {
    startValues(seed, embeddingSize, fid, START_DEVIATION, finished, f);
  }

  private static void startValues(
      long seed, int embeddingSize, long fid, float deviation, float[] finished, int f) {
    CounterRng random = new CounterRng(seed, fid);
    finished[f] = 0;
    for (int d = 0; d < embeddingSize; d++) {
      finished[f + 1 + d] = deviation * random.normal(d);
    }
  }

  /** Derives a feature's weights from its stored row. */
  public void finish(long fid, float[] row, int at, float[] finished, int f) {
    int field = Fids.field(fid);
    firstOrder[field].read(row, at, at + parameters(), 1, finished, f);
    embedding[field].read(row, at + 1, at + embeddingSlots, embeddingSize, finished, f + 1);
  }

  /** Moves a feature's row by the gradient of its weights, which then holds the moves. */
  public void update(long fid, float[] row, int at, float[] gradient, int g) {
    prepareFirstOrder(fid, row, at, gradient, g);
    prepareEmbedding(fid, row, at, gradient, g);
    move(row, at, gradient, g, 1, 1);
  }

  /**
   * Readies a step of the first-order weight by the gradient of the row's weights: see {@link
   * Optimizer#prepare}.
   */
  public double prepareFirstOrder(long fid, float[] row, int at, float[] gradient, int g) {
    return firstOrder[Fids.field(fid)].prepare(row, at, at + parameters(), 1, 1, gradient, g);
  }

  /** Readies a step of the embedding. */
  public double prepareEmbedding(long fid, float[] row, int at, float[] gradient, int g) {
    int field = Fids.field(fid);
    return embedding[field].prepare(
        row, at + 1, at + embeddingSlots, embeddingSize, sizes[field], gradient, g + 1);
  }

  /** Moves a row by shares of what was readied. */
  public void move(
      float[] row, int at, float[] moves, int m, float firstOrderShare, float embeddingShare) {
    Optimizer.move(row, at, 1, moves, m, firstOrderShare);
    Optimizer.move(row, at + 1, embeddingSize, moves, m + 1, embeddingShare);
  }
}
