package io.freshet.train.table;

import io.freshet.model.TableSettings;
import io.freshet.model.row.FieldRules;
import io.freshet.model.row.RowBlock;
import io.freshet.model.row.RowLayout;
import io.freshet.model.row.RowPacking;
import io.freshet.model.row.TableCounts;
import io.freshet.train.message.ShardRequest.Lookup;
import io.freshet.train.message.ShardRequest.Occurrences;
import io.freshet.train.message.ShardRequest.RowDelta;
import io.freshet.train.message.ShardResponse.Rows;
import io.freshet.train.state.FiniteCheck;
import io.freshet.train.table.cache.RowCache;
import io.freshet.train.table.cache.StoredRow;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The embedding table of one shard: reads whole rows, optimizer slots included, and adds the deltas
 * that come back. It runs no optimizer: rows are vectors under (scaled) addition.
 *
 * <p><b>Concurrency scaling.</b> If several trainers pull a row at once, plain addition makes the
 * needed move once for each of them. A delta of m occurrences whose row has seen c occurrences from
 * others since it was pulled moves the row's parameters by m / (m + c) of itself; sums of squares
 * and {@code updates} are added whole. With one trainer c is 0. Related: staleness-aware
 * asynchronous SGD (Zhang et al. 2016, arXiv 1511.05950).
 *
 * <p><b>Lifecycle.</b> Where the settings say so, features must earn their rows and lose them when
 * they are not seen for long: {@link RowLifecycle}.
 *
 * <p><b>Chunks.</b> The table exceeds the processor's caches, and row by row the processor would
 * wait for memory twice a row: for its place in the index, then for the row. So a message is worked
 * through in chunks, and a chunk in passes: all its entries are looked up, all its rows are copied
 * to a block, one long loop adds to the block, all rows are copied back, and all are marked as
 * changed. Within a pass the cache misses overlap.
 *
 * <p>A row's delta that is not finite moves nothing and is counted; its occurrences count. The
 * features of a message are distinct. Not thread-safe.
 */
final class EmbeddingTable {
  private static final int CHUNK = 256;

  private final RowStateStore state;
  private final RowLayout layout;
  private final RowPacking packing;
  private final ChangedRowBuffer changed;
  private final RowCache cache;
  private final TableLifecycle lifecycle; // null where every feature keeps its row
  private final int width;
  private final int[] entries;
  private final int[] origins; // indexes of the entries in the chunk
  private final float[] block; // rows of a chunk
  private final float[] moves; // what is added to them
  private final FiniteCheck finite = new FiniteCheck();

  /**
   * @param cacheRows capacity of the cache
   * @param snapshot takes changed rows
   */
  EmbeddingTable(
      RowLayout layout,
      TableSettings rules,
      int cacheRows,
      RowStateStore state,
      Consumer<RowBlock> snapshot)
      throws Exception {
    this.state = state;
    this.layout = layout;
    packing = layout.packing();
    width = layout.width();
    changed = new ChangedRowBuffer(layout, snapshot);
    FieldRules fields = new FieldRules(rules);
    cache = new RowCache(cacheRows, width, new CachedState(fields));
    lifecycle = rules.isOn() ? new TableLifecycle(rules, fields, cache, state, changed) : null;
    entries = new int[Math.min(CHUNK, cacheRows)];
    origins = new int[entries.length];
    block = new float[entries.length * width];
    moves = new float[block.length];
  }

  /** What the cache is in front of. */
  private final class CachedState implements RowCache.Store {
    private final FieldRules rules;

    CachedState(FieldRules rules) {
      this.rules = rules;
    }

    @Override
    public StoredRow get(long fid) throws Exception {
      StoredRow row = state.get(fid);
      boolean isPacked = row != null && packing.isOn();
      return isPacked ? row.with(packing.unpacked(fid, row.values())) : row;
    }

    @Override
    public boolean admits(long fid) {
      return rules.admitsAll(fid);
    }

    @Override
    public void start(long fid, float[] values, int at) {
      layout.start(fid, values, at);
    }

    @Override
    public void save(long fid, StoredRow row) throws Exception {
      state.put(fid, packing.isOn() ? row.with(packing.packed(fid, row.values())) : row);
      changed.add(fid, row);
    }
  }

  /** Returns the rows of the features that have one. */
  Rows lookUp(Lookup lookup) throws Exception {
    long[] fids = lookup.fids();
    long[] updates = new long[fids.length];
    int[] generations = new int[lifecycle == null ? 0 : fids.length];
    float[] values = new float[fids.length * width];
    int copied = read(fids, values, updates, generations);
    float[] present = copied == values.length ? values : Arrays.copyOf(values, copied);
    return new Rows(lookup.replyTo(), lookup.batch(), lookup.part(), updates, generations, present);
  }

  /**
   * Copies the rows of the features that have one, packed, consecutively, and their updates.
   *
   * @param updates receives {@link Rows#ABSENT} for a feature without a row
   * @param generations receives the rows' generations, if rows may be lost
   * @return the number of floats copied
   */
  int read(long[] fids, float[] rows, long[] updates, int[] generations) throws Exception {
    int copied = 0;
    for (int from = 0; from < fids.length; from += entries.length) {
      int n = chunk(fids, from);
      cache.entries(fids, from, n, entries);
      if (lifecycle != null) {
        lifecycle.rows.lookedUp(fids, from, n, entries);
      }
      copied += packOut(fids, from, n, rows, copied);
      for (int i = 0; i < n; i++) {
        updates[from + i] = entries[i] < 0 ? Rows.ABSENT : cache.updates(entries[i]);
      }
      for (int i = from; i < Math.min(from + n, generations.length); i++) {
        int entry = entries[i - from];
        generations[i] = entry < 0 ? RowCache.NEW : cache.generation(entry);
      }
    }
    return copied;
  }

  /**
   * Adds a delta that arrives at {@code now}; rows that others moved too are scaled.
   *
   * @return the number of rows that stay as they are because their delta is not finite; they count
   *     as updated all the same
   */
  int add(RowDelta delta, long now) throws Exception {
    advance(delta.time());
    float[] deltas = packing.unpacked(delta.fids(), delta.deltas());
    int refused = 0;
    for (int from = 0; from < delta.fids().length; from += entries.length) {
      int n = chunk(delta.fids(), from);
      cache.entriesToChange(delta.fids(), from, n, entries);
      if (lifecycle != null) {
        lifecycle.rows.moved(delta, from, n, entries);
      }
      n = gather(deltas, from, n);
      refused += finite.holds(moves, 0, n * width) ? 0 : clearUnlessFinite(n);
      copyOut(n);
      for (int i = 0; i < n; i++) {
        int row = from + origins[i];
        long others = Math.max(0, cache.updates(entries[i]) - delta.base()[row]);
        scale(i, delta.counts()[row], others);
      }
      addMoves(n * width);
      for (int i = 0; i < n; i++) {
        System.arraycopy(block, i * width, cache.values(), cache.at(entries[i]), width);
      }
      for (int i = 0; i < n; i++) {
        cache.changed(entries[i], delta.counts()[from + origins[i]], delta.time(), now);
      }
    }
    return refused;
  }

  /** Counts occurrences, arriving at {@code now}, of features that had no row. */
  void count(Occurrences occurrences, long now) throws Exception {
    advance(occurrences.time());
    lifecycle.rows.count(occurrences, now);
  }

  private void advance(long time) {
    if (lifecycle != null) {
      lifecycle.rows.advance(time);
    }
  }

  /** Copies the moves of a chunk's rows that exist; returns how many do. */
  private int gather(float[] deltas, int from, int n) {
    int kept = 0;
    for (int i = 0; i < n; i++) {
      if (entries[i] >= 0) {
        entries[kept] = entries[i];
        origins[kept++] = i;
      }
    }
    if (kept == n) {
      System.arraycopy(deltas, from * width, moves, 0, n * width);
      return n;
    }
    for (int i = 0; i < kept; i++) {
      System.arraycopy(deltas, (from + origins[i]) * width, moves, i * width, width);
    }
    return kept;
  }

  /** Returns how often a feature's row was updated; not a use. */
  long updates(long fid) throws Exception {
    cache.entriesToChange(new long[] {fid}, 0, 1, entries);
    return entries[0] < 0 ? Rows.ABSENT : cache.updates(entries[0]);
  }

  private int clearUnlessFinite(int n) {
    int cleared = 0;
    for (int i = 0; i < n; i++) {
      if (!finite.holds(moves, i * width, width)) {
        Arrays.fill(moves, i * width, (i + 1) * width, 0);
        cleared++;
      }
    }
    return cleared;
  }

  /** Copies the rows of a chunk that exist, packed; returns the number of floats. */
  private int packOut(long[] fids, int from, int n, float[] rows, int to) {
    float[] values = cache.values();
    int at = to;
    for (int i = 0; i < n; i++) {
      if (entries[i] >= 0) {
        at += packing.pack(fids[from + i], values, cache.at(entries[i]), rows, at);
      }
    }
    return at - to;
  }

  private int chunk(long[] fids, int from) {
    return Math.min(entries.length, fids.length - from);
  }

  /** Copies the rows of a chunk, which all exist, to the block. */
  private void copyOut(int n) {
    float[] values = cache.values();
    for (int i = 0; i < n; i++) {
      System.arraycopy(values, cache.at(entries[i]), block, i * width, width);
    }
  }

  private void scale(int i, int own, long others) {
    if (others > 0) {
      float scale = (float) own / (own + others);
      int end = i * width + layout.parameters();
      for (int j = i * width; j < end; j++) {
        moves[j] *= scale;
      }
    }
  }

  /** Both arrays begin at 0: so the JIT compiler vectorizes the loop. */
  private void addMoves(int n) {
    for (int j = 0; j < n; j++) {
      block[j] += moves[j];
    }
  }

  /** Removes a few expired rows, and rows above the limit, after a message of so many features. */
  void sweep(int features) throws Exception {
    if (lifecycle != null) {
      lifecycle.sweep(features);
    }
  }

  /** Writes up to {@code most} rows to state that have been dirty since {@code time} or longer. */
  void trickle(long time, int most) throws Exception {
    cache.writeBackDirtySince(time, most);
  }

  /** Writes everything that is not in state yet, and sends changed rows to the snapshot. */
  void flush() throws Exception {
    cache.writeBackAll();
    if (lifecycle != null) {
      lifecycle.write();
    }
    changed.flush();
  }

  /** Returns what was counted since the last call, if anything was. */
  Optional<TableCounts> takeAddedCounts() {
    return lifecycle == null ? Optional.empty() : lifecycle.counters.takeAdded();
  }

  /**
   * Restores what depends on the rules of the table.
   *
   * @param isListed whether the state was written under the same rules
   */
  void restore(boolean isListed) throws Exception {
    if (lifecycle != null) {
      lifecycle.restore(isListed);
    }
  }

  /** Returns how to rewrite the state of this table. */
  TableRewrite rewrite(int[] fieldIndexes) {
    return new TableRewrite(fieldIndexes, layout, state, changed, lifecycle().map(l -> l.rows));
  }

  RowCache cache() {
    return cache;
  }

  Optional<TableLifecycle> lifecycle() {
    return Optional.ofNullable(lifecycle);
  }
}
