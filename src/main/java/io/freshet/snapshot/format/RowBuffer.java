package io.freshet.snapshot.format;

import io.freshet.model.batch.LongIndex;
import io.freshet.model.row.RowBlock;
import io.freshet.snapshot.format.SafetensorsOutput.Written;
import io.freshet.snapshot.storage.WritableStorage;
import java.io.IOException;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The newest row of each feature since the last part, or that it is gone, in {@code 16 + 4 (1 + k)}
 * bytes each and the index.
 *
 * <p>Not thread-safe.
 */
public final class RowBuffer {
  private static final int START_ROWS = 1024;

  private final int width;
  private final LongIndex index = new LongIndex(START_ROWS);
  private final BitSet removed = new BitSet();
  private long[] updates = new long[START_ROWS];
  private float[] values;

  /**
   * @param width floats of a row
   */
  public RowBuffer(int width) {
    this.width = width;
    values = new float[START_ROWS * width];
  }

  /** Rows and removals. */
  public int size() {
    return index.size();
  }

  /** Rows. */
  public int live() {
    return index.size() - removed.cardinality();
  }

  public void add(RowBlock block) {
    if (block.values().length != block.size() * width) {
      throw new IllegalArgumentException(
          "a block of %s rows of %s floats holds %s floats"
              .formatted(block.size(), width, block.values().length));
    }
    for (int i = 0; i < block.size(); i++) {
      int row = place(block.fids()[i]);
      removed.clear(row);
      updates[row] = block.updates()[i];
      System.arraycopy(block.values(), i * width, values, row * width, width);
    }
    for (long fid : block.removed()) {
      removed.set(place(fid));
    }
  }

  private int place(long fid) {
    int row = index.add(fid);
    if (row == updates.length) {
      updates = Arrays.copyOf(updates, Math.multiplyExact(row, 2));
      values = Arrays.copyOf(values, Math.multiplyExact(updates.length, width));
    }
    return row;
  }

  /** Writes the rows as an embedding file, ascending by fid. */
  public Written write(WritableStorage storage, String path) throws IOException {
    long[] fids = sorted(false);
    long[] gone = sorted(true);
    return SafetensorsOutput.write(
        storage,
        path,
        List.of(
            Tensor.longs("fids", fids.length),
            Tensor.longs("updates", fids.length),
            Tensor.longs("removed", gone.length),
            Tensor.floats("rows", fids.length, width)),
        file -> {
          file.write(fids, 0, fids.length);
          for (long fid : fids) {
            file.write(updates, index.find(fid), 1);
          }
          file.write(gone, 0, gone.length);
          for (long fid : fids) {
            file.write(values, index.find(fid) * width, width);
          }
        });
  }

  /** Sum of the rows' updates. */
  public long totalUpdates() {
    return liveRows().mapToLong(row -> updates[row]).sum();
  }

  /** Rows that hold a value which is no finite number. */
  public long nonFinite() {
    return liveRows().filter(row -> !isFinite(row)).count();
  }

  private boolean isFinite(int row) {
    for (int i = row * width; i < (row + 1) * width; i++) {
      if (!Float.isFinite(values[i])) {
        return false;
      }
    }
    return true;
  }

  public void clear() {
    index.clear();
    removed.clear();
  }

  private IntStream liveRows() {
    return IntStream.range(0, size()).filter(row -> !removed.get(row));
  }

  private long[] sorted(boolean gone) {
    return IntStream.range(0, size())
        .filter(row -> removed.get(row) == gone)
        .mapToLong(index::key)
        .sorted()
        .toArray();
  }
}
