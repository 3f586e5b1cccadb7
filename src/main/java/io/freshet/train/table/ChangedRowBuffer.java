package io.freshet.train.table;

import io.freshet.model.batch.LongIndex;
import io.freshet.model.row.RowBlock;
import io.freshet.model.row.RowLayout;
import io.freshet.train.table.cache.StoredRow;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.stream.LongStream;

/**
 * Gathers changed rows for the snapshot, as weights, and features that lost their rows, into blocks
 * of about 256 KB.
 */
final class ChangedRowBuffer {
  private static final int BLOCK_BYTES = 1 << 18;

  private final RowLayout layout;
  private final Consumer<RowBlock> snapshot;
  private final long[] fids;
  private final long[] updates;
  private final float[] values;
  private final LongIndex removed = new LongIndex(64);
  private int n;

  ChangedRowBuffer(RowLayout layout, Consumer<RowBlock> snapshot) {
    this.layout = layout;
    this.snapshot = snapshot;
    int bytesPerRow = 2 * Long.BYTES + Float.BYTES * layout.finishedWidth();
    int rows = Math.max(1, BLOCK_BYTES / bytesPerRow);
    fids = new long[rows];
    updates = new long[rows];
    values = new float[rows * layout.finishedWidth()];
  }

  /** Adds a row; it replaces what was added for its feature before. */
  void add(long fid, StoredRow row) {
    if (removed.find(fid) >= 0) {
      flush(); // within a block, removals apply after rows
    }
    fids[n] = fid;
    updates[n] = row.updates();
    layout.finish(fid, row.values(), 0, values, n * layout.finishedWidth());
    if (++n == fids.length) {
      flush();
    }
  }

  /** Adds the removal of a feature's row. */
  void remove(long fid) {
    removed.add(fid);
    if (removed.size() == fids.length) {
      flush();
    }
  }

  void flush() {
    if (n > 0 || removed.size() > 0) {
      snapshot.accept(
          new RowBlock(
              Arrays.copyOf(fids, n),
              Arrays.copyOf(updates, n),
              Arrays.copyOf(values, n * layout.finishedWidth()),
              LongStream.range(0, removed.size()).map(i -> removed.key((int) i)).toArray()));
      n = 0;
      removed.clear();
    }
  }
}
