package io.freshet.serve.rows;

import io.freshet.feature.history.ActionHistory;
import io.freshet.model.batch.MiniBatch;
import io.freshet.serve.model.VersionHistories;
import io.freshet.serve.model.VersionRows;
import java.io.UncheckedIOException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDBException;
import org.rocksdb.Snapshot;

/**
 * The rows and histories of one version in a {@link RowDatabase}: read through a RocksDB snapshot
 * taken when the version was whole, so later deltas are invisible, half-written ones too.
 *
 * <p>The snapshot keeps rows from being compacted away that only it still sees, and reading through
 * one that was released would crash the process; hence the count of holders.
 */
final class RocksRows implements VersionRows, VersionHistories {
  private final RowDatabase database;
  private final long size;
  private final Snapshot snapshot;
  private final ReadOptions options;
  private final AtomicInteger holders = new AtomicInteger(1);

  RocksRows(RowDatabase database, Snapshot snapshot, long size) {
    this.database = database;
    this.snapshot = snapshot;
    this.size = size;
    options = new ReadOptions().setSnapshot(snapshot);
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public boolean hold() {
    return holders.updateAndGet(n -> n == 0 ? 0 : n + 1) != 0;
  }

  @Override
  public void release() {
    if (holders.decrementAndGet() == 0) {
      options.close();
      database.release(snapshot);
    }
  }

  @Override
  public boolean read(long fid, float[] target, int at) {
    try {
      return database.read(options, fid, target, at);
    } catch (RocksDBException e) {
      throw unreadable(e);
    }
  }

  @Override
  public void readAll(MiniBatch batch, int width, float[] target, IntConsumer missing) {
    try {
      database.readAll(options, batch, width, target, missing);
    } catch (RocksDBException e) {
      throw unreadable(e);
    }
  }

  @Override
  public ActionHistory find(long id) {
    try {
      return database.history(options, id);
    } catch (RocksDBException e) {
      throw unreadable(e);
    }
  }

  private UncheckedIOException unreadable(RocksDBException e) {
    return new UncheckedIOException(database.unreadable(e));
  }
}
