package io.freshet.model;

import java.util.Arrays;

/**
 * How a row of the embedding table lies in a float array: {@code [w, v₁…v_k | slots of w | slots of
 * v]}.
 *
 * <p>The <em>stored</em> row is what travels in the loop and lies in state; the <em>finished</em>
 * row, {@code [w, v₁…v_k]}, holds the values that the model computes with, and is what snapshots
 * hold.
 */
public final class RowLayout {
  private static final float START_DEVIATION = 0.01f;

  private final int embeddingSize;
  private final long seed;
  private final Optimizer firstOrder;
  private final Optimizer embedding;
  private final UnknownRows starts;
  private final int embeddingSlots; // where they begin
  private final float startDeviation;

  public RowLayout(ModelSettings model, LearningSettings learning) {
    this(model, learning, UnknownRows.START);
  }

  /**
   * The layout of a table where features of some fields start at 0.
   *
   * @param starts which they are
   */
  public RowLayout(ModelSettings model, LearningSettings learning, UnknownRows starts) {
    this(model, learning.firstOrder(), learning.embedding(), starts, START_DEVIATION);
  }

  RowLayout(ModelSettings model, OptimizerSettings firstOrder, OptimizerSettings embedding) {
    this(model, firstOrder, embedding, UnknownRows.START, START_DEVIATION);
  }

  /** A layout with one optimiser for all, where embeddings start with a deviation of their own. */
  RowLayout(ModelSettings model, OptimizerSettings optimizer, float startDeviation) {
    this(model, optimizer, optimizer, UnknownRows.START, startDeviation);
  }

  private RowLayout(
      ModelSettings model,
      OptimizerSettings firstOrder,
      OptimizerSettings embedding,
      UnknownRows starts,
      float startDeviation) {
    this.starts = starts;
    this.startDeviation = startDeviation;
    embeddingSize = model.embeddingSize();
    seed = model.seed();
    this.firstOrder = Optimizers.of(firstOrder);
    this.embedding = Optimizers.of(embedding);
    embeddingSlots = parameters() + this.firstOrder.slotWidth(1);
  }

  public int embeddingSize() {
    return embeddingSize;
  }

  /** Floats of a stored row. */
  public int width() {
    return embeddingSlots + embedding.slotWidth(embeddingSize);
  }

  /** Stored parameters, at the start of a row: the part of a delta that concurrency scales. */
  public int parameters() {
    return 1 + embeddingSize;
  }

  /** Floats of a finished row. */
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
    startSlots(row, at);
  }

  /** Writes the row that starts with given finished values, {@code finished[f …]}. */
  public void startFrom(float[] finished, int f, float[] row, int at) {
    System.arraycopy(finished, f, row, at, parameters());
    startSlots(row, at);
  }

  private void startSlots(float[] row, int at) {
    firstOrder.start(row, at, at + parameters(), 1);
    embedding.start(row, at + 1, at + embeddingSlots, embeddingSize);
  }

  /** The finished row that a feature starts with: w = 0, v near-normal with deviation .01. */
  static void startValues(long seed, int embeddingSize, long fid, float[] finished, int f) {
    startValues(seed, embeddingSize, fid, START_DEVIATION, finished, f);
  }

  private static void startValues(
      long seed, int embeddingSize, long fid, float deviation, float[] finished, int f) {
    RandomStart random = new RandomStart(seed, fid);
    finished[f] = 0;
    for (int d = 0; d < embeddingSize; d++) {
      finished[f + 1 + d] = deviation * random.normal(d);
    }
  }

  /** Derives the finished row from the stored one. */
  public void finish(float[] row, int at, float[] finished, int f) {
    firstOrder.read(row, at, at + parameters(), 1, finished, f);
    embedding.read(row, at + 1, at + embeddingSlots, embeddingSize, finished, f + 1);
  }

  /** Moves the row by the gradient of its finished values, {@code gradient[g …]}. */
  public void update(float[] row, int at, float[] gradient, int g) {
    firstOrder.update(row, at, at + parameters(), 1, gradient, g);
    embedding.update(row, at + 1, at + embeddingSlots, embeddingSize, gradient, g + 1);
  }
}
