package io.freshet.snapshot;

import io.freshet.model.LongIndex;
import io.freshet.model.RowBlock;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.List;

/**
 * The newest row of each feature since the last part, in {@code 16 + 4 (1 + k)} bytes a row and the
 * index.
 *
 * <p>Not thread-safe.
 */
final class RowBuffer {
  private static final int START_ROWS = 1024;

  private final int width;
  private final LongIndex index = new LongIndex(START_ROWS);
  private long[] updates = new long[START_ROWS];
  private float[] values;

  /**
   * @param width floats of a finished row
   */
  RowBuffer(int width) {
    this.width = width;
    values = new float[START_ROWS * width];
  }

  int size() {
    return index.size();
  }

  void add(RowBlock block) {
    if (block.values().length != block.size() * width) {
      throw new IllegalArgumentException(
          "a block of %d rows of %d floats holds %d floats"
              .formatted(block.size(), width, block.values().length));
    }
    for (int i = 0; i < block.size(); i++) {
      int row = index.add(block.fids()[i]);
      if (row == updates.length) {
        updates = Arrays.copyOf(updates, row * 2);
        values = Arrays.copyOf(values, row * 2 * width);
      }
      updates[row] = block.updates()[i];
      System.arraycopy(block.values(), i * width, values, row * width, width);
    }
  }

  /** Writes the rows as an embedding file, ascending by fid. */
  void writeTo(OutputStream out) throws IOException {
    long[] fids = sortedFids();
    int n = fids.length;
    SafetensorsOutput file =
        new SafetensorsOutput(
            out,
            List.of(
                Tensor.longs("fids", n),
                Tensor.longs("updates", n),
                Tensor.longs("removed", 0),
                Tensor.floats("rows", n, width)));
    file.write(fids, 0, n);
    for (long fid : fids) {
      file.write(updates, index.find(fid), 1);
    }
    for (long fid : fids) {
      file.write(values, index.find(fid) * width, width);
    }
    file.finish();
  }

  /** Sum of the rows' updates. */
  long totalUpdates() {
    long sum = 0;
    for (int row = 0; row < size(); row++) {
      sum += updates[row];
    }
    return sum;
  }

  void clear() {
    index.clear();
  }

  private long[] sortedFids() {
    long[] fids = new long[size()];
    for (int row = 0; row < fids.length; row++) {
      fids[row] = index.key(row);
    }
    Arrays.sort(fids);
    return fids;
  }
}
