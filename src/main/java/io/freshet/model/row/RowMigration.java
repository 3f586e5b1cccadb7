package io.freshet.model.row;

import io.freshet.feature.Fids;
import io.freshet.model.LearningSettings;
import io.freshet.model.ModelSettings;
import io.freshet.model.dense.DenseReshape;
import io.freshet.model.optimizer.OptimizerSettings;

/**
 * Converts stored rows to embeddings of another size, to other optimizers, or both.
 *
 * <p>A row keeps its finished values: the weight, and of the embedding the dimensions that there
 * are before and after. New dimensions are those of the row that the feature would start with.
 * Slots stay where the optimizer does, dimension by dimension, and start at their initial values
 * where it is another or derives values by other constants.
 *
 * <p>So what is predicted stays, but for rounding, under other optimizers. Dimensions that go take
 * away their share of the logit. Those that come add their inner products, of numbers of about .01,
 * to the pairs; to the deep part they add nothing ({@link DenseReshape}).
 */
public final class RowMigration {
  private final RowLayout before;
  private final RowLayout now;
  private final RowPacking packedBefore;
  private final RowPacking packing;
  private final LearningSettings learningBefore;
  private final LearningSettings learning;
  private final boolean sharesSlots; // among the dimensions
  private final int firstSlots; // floats of them before
  private final int embeddingSlots; // the same from now on
  private final float[] finished;
  private final float[] values;

  /**
   * A migration.
   *
   * @param starts how rows of late fields start
   */
  public RowMigration(
      ModelSettings modelBefore,
      LearningSettings learningBefore,
      ModelSettings model,
      LearningSettings learning,
      UnknownRows starts) {
    before = new RowLayout(modelBefore, learningBefore, starts);
    now = new RowLayout(model, learning, starts);
    packedBefore = before.packing();
    packing = now.packing();
    this.learningBefore = learningBefore;
    this.learning = learning;
    sharesSlots = learning.embedding().isForVectors();
    firstSlots = learningBefore.firstOrder().optimizer().slotWidth(1);
    embeddingSlots =
        now.width() - now.parameters() - learning.firstOrder().optimizer().slotWidth(1);
    finished = new float[before.finishedWidth()];
    values = new float[now.finishedWidth()];
  }

  /**
   * The row of a feature, packed.
   *
   * @param packed as it is in state
   * @throws IllegalStateException where it is of neither layout
   */
  public float[] convert(long fid, float[] packed) {
    float[] stored = packedBefore.unpacked(fid, packed);
    if (stored.length != before.width()) {
      throw new IllegalStateException(
          "the row of feature %s has %s floats, not %s: the state is damaged"
              .formatted(fid, stored.length, before.width()));
    }
    float[] row = new float[now.width()];
    now.start(fid, row, 0);
    now.finish(fid, row, 0, values, 0);
    before.finish(fid, stored, 0, finished, 0);
    int kept = Math.min(before.embeddingSize(fid), now.embeddingSize(fid));
    System.arraycopy(finished, 0, values, 0, 1 + kept);
    now.startFrom(fid, values, 0, row, 0);
    if (stays(fid, learningBefore.firstOrder(), learning.firstOrder())) {
      row[0] = stored[0];
      System.arraycopy(stored, before.parameters(), row, now.parameters(), firstSlots);
    }
    if (stays(fid, learningBefore.embedding(), learning.embedding())) {
      System.arraycopy(stored, 1, row, 1, kept);
      keepEmbeddingSlots(stored, row, kept);
    }
    return packing.packed(fid, row);
  }

  /** Whether what is stored of a feature means the same, at the rates of its field. */
  private boolean stays(long fid, OptimizerSettings was, OptimizerSettings is) {
    int field = Fids.field(fid);
    return is.scaled(learning.regularization().rate(field))
        .storesAs(was.scaled(learningBefore.regularization().rate(field)));
  }

  private void keepEmbeddingSlots(float[] stored, float[] row, int kept) {
    int k = now.embeddingSize();
    int from = before.parameters() + firstSlots;
    int to = row.length - embeddingSlots;
    if (sharesSlots && kept > 0) {
      System.arraycopy(stored, from, row, to, embeddingSlots);
      return;
    }
    for (int plane = 0; kept > 0 && plane < embeddingSlots / k; plane++) {
      System.arraycopy(stored, from + plane * before.embeddingSize(), row, to + plane * k, kept);
    }
  }
}
