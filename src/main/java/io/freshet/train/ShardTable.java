package io.freshet.train;

import io.freshet.train.ShardRequest.RowDelta;
import java.util.Arrays;

/**
 * A shard's table, read and added to by whole messages.
 *
 * <p><b>Chunks.</b> The table fits no processor cache, and row by row the processor would wait for
 * memory twice a row: for its place in the index, then for the row. So a message is worked off in
 * chunks, and a chunk in passes: all its slots are looked up, all its rows are copied to a block of
 * their own, one long loop adds to the block, and all rows are copied back. Within a pass no row
 * has to wait for another's memory.
 *
 * <p>The features of a message are distinct. Not thread-safe.
 */
final class ShardTable {
  private static final int CHUNK = 256;

  private final RowCache cache;
  private final int width;
  private final int parameters;
  private final int[] slots;
  private final float[] block; // rows of a chunk
  private final float[] moves; // what is added to them
  private final FiniteCheck finite = new FiniteCheck();
  private long moved;
  private long unseen;

  ShardTable(RowCache cache, int width, int parameters) {
    this.cache = cache;
    this.width = width;
    this.parameters = parameters;
    slots = new int[Math.min(CHUNK, cache.capacity())];
    block = new float[slots.length * width];
    moves = new float[block.length];
  }

  /** Copies the features' rows, and how often each was updated. */
  void read(long[] fids, float[] rows, long[] updates) throws Exception {
    for (int from = 0; from < fids.length; from += slots.length) {
      int n = lookUp(fids, from);
      copyOut(n, rows, from * width);
      for (int i = 0; i < n; i++) {
        updates[from + i] = cache.updates(slots[i]);
      }
    }
  }

  /**
   * Adds how far rows moved, seen at {@code now}; those that others moved too are scaled.
   *
   * @return how many rows stay as they are because their movement is not finite; they count as
   *     updated all the same
   */
  int add(RowDelta delta, long now) throws Exception {
    int refused = 0;
    for (int from = 0; from < delta.fids().length; from += slots.length) {
      int n = lookUp(delta.fids(), from);
      copyOut(n, block, 0);
      System.arraycopy(delta.deltas(), from * width, moves, 0, n * width);
      refused += finite.holds(moves, 0, n * width) ? 0 : blankUnlessFinite(n);
      for (int i = 0; i < n; i++) {
        long others = cache.updates(slots[i]) - delta.base()[from + i];
        scale(i, delta.counts()[from + i], others);
        unseen += others;
      }
      moved += n;
      addMoves(n * width);
      for (int i = 0; i < n; i++) {
        System.arraycopy(block, i * width, cache.values(), cache.at(slots[i]), width);
        cache.changed(slots[i], delta.counts()[from + i], delta.time(), now);
      }
    }
    return refused;
  }

  /** Rows moved so far. */
  long moved() {
    return moved;
  }

  /** Updates by others that the movements did not know of: staleness, if divided by the rows. */
  long unseen() {
    return unseen;
  }

  private int blankUnlessFinite(int n) {
    int blanked = 0;
    for (int i = 0; i < n; i++) {
      if (!finite.holds(moves, i * width, width)) {
        Arrays.fill(moves, i * width, (i + 1) * width, 0);
        blanked++;
      }
    }
    return blanked;
  }

  /** Looks up the slots of a chunk; returns how many there are. */
  private int lookUp(long[] fids, int from) throws Exception {
    int n = Math.min(slots.length, fids.length - from);
    cache.slots(fids, from, n, slots);
    return n;
  }

  private void copyOut(int n, float[] rows, int to) {
    float[] values = cache.values();
    for (int i = 0; i < n; i++) {
      System.arraycopy(values, cache.at(slots[i]), rows, to + i * width, width);
    }
  }

  /** The share of an own move that is left when others moved the row as well. */
  private void scale(int i, int own, long others) {
    if (others != 0) {
      float scale = (float) own / (own + others);
      for (int j = i * width; j < i * width + parameters; j++) {
        moves[j] *= scale;
      }
    }
  }

  /** Arrays both begin at 0: so the JIT compiler makes vector instructions of it. */
  private void addMoves(int n) {
    for (int j = 0; j < n; j++) {
      block[j] += moves[j];
    }
  }
}
