package io.freshet.train.table;

import io.freshet.model.batch.LongIndex;
import io.freshet.model.row.RowBlock;
import io.freshet.model.row.RowLayout;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.stream.LongStream;

/**
 * Gathers rows on their way to the snapshot, as finished values, and features whose rows went, into
 * blocks of about 256 KB.
 */
final class ChangedRowBuffer {
  private static final int BLOCK_BYTES = 1 << 18;

  private final RowLayout layout;
  private final Consumer<RowBlock> snapshot;
  private final long[] fids;
  private final long[] updates;
  private final float[] values;
  private final LongIndex gone = new LongIndex(64); // whose rows went after those
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

  /** Takes a row; what is said of its feature later counts. */
  void add(long fid, StoredRow row) {
    if (gone.find(fid) >= 0) {
      flush(); // in a block, rows go after they were written
    }
    fids[n] = fid;
    updates[n] = row.updates();
    layout.finish(fid, row.values(), 0, values, n * layout.finishedWidth());
    if (++n == fids.length) {
      flush();
    }
  }

  /** Takes it that a feature's row is gone. */
  void removed(long fid) {
    gone.add(fid);
    if (gone.size() == fids.length) {
      flush();
    }
  }

  void flush() {
    if (n > 0 || gone.size() > 0) {
      snapshot.accept(
          new RowBlock(
              Arrays.copyOf(fids, n),
              Arrays.copyOf(updates, n),
              Arrays.copyOf(values, n * layout.finishedWidth()),
              LongStream.range(0, gone.size()).map(i -> gone.key((int) i)).toArray()));
      n = 0;
      gone.clear();
    }
  }
}
