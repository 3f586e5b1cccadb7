package io.freshet.serve.rows;

import io.freshet.model.batch.MiniBatch;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import org.rocksdb.ByteBufferGetStatus;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.Status;

/**
 * Scratch memory for reading many rows from RocksDB at once, outside the heap so that nothing is
 * copied twice. For one thread at a time.
 */
final class MultiGet {
  private static final int ROWS = 512; // together: enough to share RocksDB's cost of a call

  private final int width;
  private final List<ByteBuffer> keys = new ArrayList<>();
  private final List<ByteBuffer> values = new ArrayList<>();

  MultiGet(int width) {
    this.width = width;
    int bytes = width * Float.BYTES;
    ByteBuffer allKeys = ByteBuffer.allocateDirect(ROWS * Long.BYTES);
    ByteBuffer allValues = ByteBuffer.allocateDirect(ROWS * bytes);
    for (int i = 0; i < ROWS; i++) {
      keys.add(allKeys.slice(i * Long.BYTES, Long.BYTES));
      values.add(allValues.slice(i * bytes, bytes).order(ByteOrder.LITTLE_ENDIAN));
    }
  }

  /** Copies the rows of a batch, one every {@code width} floats, and reports which are missing. */
  void readAll(RocksDB from, ReadOptions at, MiniBatch batch, float[] target, IntConsumer missing)
      throws RocksDBException {
    for (int first = 0; first < batch.rows(); first += ROWS) {
      read(from, at, batch, first, Math.min(ROWS, batch.rows() - first), target, missing);
    }
  }

  private void read(
      RocksDB from,
      ReadOptions at,
      MiniBatch batch,
      int first,
      int n,
      float[] target,
      IntConsumer missing)
      throws RocksDBException {
    for (int i = 0; i < n; i++) {
      keys.get(i).clear().putLong(0, RowDatabase.key(batch.fid(first + i)));
      values.get(i).clear();
    }
    List<ByteBufferGetStatus> found =
        from.multiGetByteBuffers(at, keys.subList(0, n), values.subList(0, n));
    for (int i = 0; i < n; i++) {
      Status status = found.get(i).status;
      if (status.getCode() == Status.Code.Ok) {
        values.get(i).asFloatBuffer().get(target, (first + i) * width, width);
      } else if (status.getCode() == Status.Code.NotFound) {
        missing.accept(first + i);
      } else {
        throw new RocksDBException(status);
      }
    }
  }
}
