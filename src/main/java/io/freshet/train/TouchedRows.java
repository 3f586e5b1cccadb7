package io.freshet.train;

import io.freshet.model.RowBlock;
import io.freshet.model.RowLayout;
import java.util.Arrays;
import java.util.function.Consumer;

/** Gathers rows on their way to the snapshot, as finished values, into blocks of about 256 KB. */
final class TouchedRows {
  private static final int BLOCK_BYTES = 1 << 18;

  private final RowLayout layout;
  private final Consumer<RowBlock> snapshot;
  private final long[] fids;
  private final long[] updates;
  private final float[] values;
  private int n;

  TouchedRows(RowLayout layout, Consumer<RowBlock> snapshot) {
    this.layout = layout;
    this.snapshot = snapshot;
    int bytesPerRow = 2 * Long.BYTES + Float.BYTES * layout.finishedWidth();
    int rows = Math.max(1, BLOCK_BYTES / bytesPerRow);
    fids = new long[rows];
    updates = new long[rows];
    values = new float[rows * layout.finishedWidth()];
  }

  void add(long fid, StoredRow row) {
    fids[n] = fid;
    updates[n] = row.updates();
    layout.finish(row.values(), 0, values, n * layout.finishedWidth());
    if (++n == fids.length) {
      flush();
    }
  }

  void flush() {
    if (n > 0) {
      snapshot.accept(
          new RowBlock(
              Arrays.copyOf(fids, n),
              Arrays.copyOf(updates, n),
              Arrays.copyOf(values, n * layout.finishedWidth())));
      n = 0;
    }
  }
}
