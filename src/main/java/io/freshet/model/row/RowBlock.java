package io.freshet.model.row;

/**
 * Weights on their way from a shard of the embedding table to the snapshot.
 *
 * @param fids ids; if one occurs twice, the later row counts
 * @param updates training occurrences of each feature so far
 * @param values weights {@code [w, v₁…v_k]}, one after the other
 * @param removed ids whose rows are gone, also those among {@code fids}
 */
public record RowBlock(long[] fids, long[] updates, float[] values, long[] removed) {
  private static final long[] NONE = {};

  public RowBlock(long[] fids, long[] updates, float[] values) {
    this(fids, updates, values, NONE);
  }

  public int size() {
    return fids.length;
  }
}
