package io.freshet.cli.console.watch;

import io.freshet.feature.Fids;
import io.freshet.model.batch.LongIndex;
import io.freshet.snapshot.format.EmbeddingRows;
import java.util.Arrays;

/**
 * Rows and their training occurrences by field number, updated delta by delta: about 50 bytes a
 * row.
 */
public final class FieldCounts {
  private static final long ABSENT = -1;

  private final LongIndex index;
  private final long[] rows = new long[Fids.MAX_FIELD + 1];
  private final long[] updates = new long[Fids.MAX_FIELD + 1];
  private long[] ofRow;

  public FieldCounts(int expectedRows) {
    index = new LongIndex(expectedRows);
    ofRow = new long[Math.max(16, expectedRows)];
  }

  /** Applies a file of a newer version: replaces its rows and drops those it removes. */
  public void apply(EmbeddingRows file) {
    for (int i = 0; i < file.size(); i++) {
      put(file.fids()[i], file.updates()[i]);
    }
    for (long fid : file.removed()) {
      if (index.find(fid) >= 0) {
        put(fid, ABSENT);
      }
    }
  }

  private void put(long fid, long count) {
    int known = index.size();
    int row = index.add(fid);
    if (row == ofRow.length) {
      ofRow = Arrays.copyOf(ofRow, 2 * row);
    }
    long before = row == known ? ABSENT : ofRow[row];
    ofRow[row] = count;
    int field = Fids.field(fid);
    rows[field] += (count == ABSENT ? 0 : 1) - (before == ABSENT ? 0 : 1);
    updates[field] += Math.max(0, count) - Math.max(0, before);
  }

  public long rows(int field) {
    return rows[field];
  }

  public long updates(int field) {
    return updates[field];
  }
}
