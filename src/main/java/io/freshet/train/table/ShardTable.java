package io.freshet.train.table;

import io.freshet.train.message.ShardRequest.RowDelta;
import io.freshet.train.message.ShardResponse.Rows;
import io.freshet.train.state.FiniteCheck;
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

  /** What decides whether features have rows; it may take slots of a chunk away. */
  interface Judge {
    /** Every row stays. */
    Judge NONE =
        new Judge() {
          @Override
          public void askedFor(long[] fids, int from, int n, int[] slots) {}

          @Override
          public void moved(RowDelta delta, int from, int n, int[] slots) {}
        };

    /** Of the slots of features that were asked for, gives {@link RowCache#NO_ROW} to some. */
    void askedFor(long[] fids, int from, int n, int[] slots) throws Exception;

    /** The same of the features of a delta, whose movement is dropped then. */
    void moved(RowDelta delta, int from, int n, int[] slots) throws Exception;
  }

  private final RowCache cache;
  private final Judge judge;
  private final int width;
  private final int parameters;
  private final int[] slots;
  private final int[] origins; // places of the slots in the chunk
  private final float[] block; // rows of a chunk
  private final float[] moves; // what is added to them
  private final FiniteCheck finite = new FiniteCheck();

  ShardTable(RowCache cache, int width, int parameters) {
    this(cache, width, parameters, Judge.NONE);
  }

  ShardTable(RowCache cache, int width, int parameters, Judge judge) {
    this.cache = cache;
    this.judge = judge;
    this.width = width;
    this.parameters = parameters;
    slots = new int[Math.min(CHUNK, cache.capacity())];
    origins = new int[slots.length];
    block = new float[slots.length * width];
    moves = new float[block.length];
  }

  /**
   * Copies the rows of the features that have one, one after the other, and how often each was
   * updated.
   *
   * @param updates receives {@link Rows#ABSENT} for a feature without a row
   * @param lives receives the rows' lives, if it is as long as {@code fids}
   * @return how many floats were copied
   */
  int read(long[] fids, float[] rows, long[] updates, int[] lives) throws Exception {
    int copied = 0;
    for (int from = 0; from < fids.length; from += slots.length) {
      int n = chunk(fids, from);
      cache.slots(fids, from, n, slots);
      judge.askedFor(fids, from, n, slots);
      copied += copyOut(n, rows, copied);
      for (int i = 0; i < n; i++) {
        updates[from + i] = slots[i] < 0 ? Rows.ABSENT : cache.updates(slots[i]);
      }
      for (int i = from; i < Math.min(from + n, lives.length); i++) {
        lives[i] = slots[i - from] < 0 ? RowCache.NEW : cache.life(slots[i - from]);
      }
    }
    return copied;
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
      int n = chunk(delta.fids(), from);
      cache.slotsAgain(delta.fids(), from, n, slots);
      judge.moved(delta, from, n, slots);
      n = gather(delta, from, n);
      refused += finite.holds(moves, 0, n * width) ? 0 : blankUnlessFinite(n);
      copyOut(n, block, 0);
      for (int i = 0; i < n; i++) {
        int row = from + origins[i];
        long others = Math.max(0, cache.updates(slots[i]) - delta.base()[row]);
        scale(i, delta.counts()[row], others);
      }
      addMoves(n * width);
      for (int i = 0; i < n; i++) {
        System.arraycopy(block, i * width, cache.values(), cache.at(slots[i]), width);
        cache.changed(slots[i], delta.counts()[from + origins[i]], delta.time(), now);
      }
    }
    return refused;
  }

  /** Copies the moves of a chunk's rows that are there; returns how many are. */
  private int gather(RowDelta delta, int from, int n) {
    int kept = 0;
    for (int i = 0; i < n; i++) {
      if (slots[i] >= 0) {
        slots[kept] = slots[i];
        origins[kept++] = i;
      }
    }
    if (kept == n) {
      System.arraycopy(delta.deltas(), from * width, moves, 0, n * width);
      return n;
    }
    for (int i = 0; i < kept; i++) {
      System.arraycopy(delta.deltas(), (from + origins[i]) * width, moves, i * width, width);
    }
    return kept;
  }

  /** How often a feature's row was updated; nobody is told that it was asked for. */
  long updates(long fid) throws Exception {
    cache.slotsAgain(new long[] {fid}, 0, 1, slots);
    return slots[0] < 0 ? Rows.ABSENT : cache.updates(slots[0]);
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

  private int chunk(long[] fids, int from) {
    return Math.min(slots.length, fids.length - from);
  }

  /** Copies the rows of a chunk that are there; returns how many floats. */
  private int copyOut(int n, float[] rows, int to) {
    float[] values = cache.values();
    int at = to;
    for (int i = 0; i < n; i++) {
      if (slots[i] >= 0) {
        System.arraycopy(values, cache.at(slots[i]), rows, at, width);
        at += width;
      }
    }
    return at - to;
  }

  /** The share of an own move that is left when others moved the row as well. */
  private void scale(int i, int own, long others) {
    if (others > 0) {
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
