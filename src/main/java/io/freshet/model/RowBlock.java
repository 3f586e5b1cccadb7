package io.freshet.model;

/**
 * Finished rows on their way from a shard of the embedding table to the snapshot.
 *
 * @param fids ids, each once
 * @param updates training occurrences of each feature so far
 * @param values finished rows {@code [w, v₁…v_k]}, one after the other
 */
public record RowBlock(long[] fids, long[] updates, float[] values) {

  public int size() {
    return fids.length;
  }
}
