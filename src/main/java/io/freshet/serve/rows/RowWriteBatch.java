package io.freshet.serve.rows;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.freshet.feature.history.ActionHistory;
import io.freshet.feature.history.ActionHistoryCodec;
import io.freshet.feature.history.Histories;
import io.freshet.model.gauge.PublishedGauge;
import io.freshet.model.gauge.PublishedGaugeCodec;
import io.freshet.serve.model.RowSink;
import io.freshet.snapshot.format.DensePart;
import io.freshet.snapshot.format.Manifest;
import io.freshet.snapshot.format.Version;
import io.freshet.snapshot.history.HistorySink;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;
import org.rocksdb.FlushOptions;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.WriteBatchWithIndex;
import org.rocksdb.WriteOptions;

/**
 * A change of a {@link RowDatabase} in the making: rows and histories, and in the end the version
 * that they add up to.
 *
 * <p>Both are written piece by piece, so that no more than a piece is held outside the heap. The
 * pieces of a delta go through RocksDB's log; the first brings the mark {@link
 * RowDatabase#pending}, and the last, synced, the version in its place: in between the database is
 * at no version, and all of the delta has to be written again. A delta of one piece is there whole
 * or not at all. A full goes into a new database, past the log; that database counts for nothing
 * until its version is written, after all rows are on the disk.
 */
final class RowWriteBatch implements RowSink, HistorySink, AutoCloseable {
  /** Rows of a piece: some 13 MB outside the heap at 11 floats a row. */
  static final int PIECE_ROWS = 1 << 16;

  private final RowDatabase database;
  private final Optional<Version> delta; // that is written; empty for a full
  private final int pieceRows;
  private final WriteBatchWithIndex batch = new WriteBatchWithIndex(true);
  private final ReadOptions now = new ReadOptions();
  private final byte[] key = new byte[Long.BYTES];
  private final byte[] row;
  private final ByteBuffer rowBytes;
  private final int width;
  private long size;
  private long largest; // id that may be there: no greater one needs to be looked for
  private int changes;

  private RowWriteBatch(RowDatabase database, int width, Optional<Version> delta, int pieceRows)
      throws IOException {
    this.database = database;
    this.width = width;
    this.delta = delta;
    this.pieceRows = pieceRows;
    largest = delta.isEmpty() ? Long.MIN_VALUE : Long.MAX_VALUE;
    row = new byte[width * Float.BYTES];
    rowBytes = ByteBuffer.wrap(row).order(ByteOrder.LITTLE_ENDIAN);
    try {
      size = database.size();
    } catch (RocksDBException e) {
      throw database.unreadable(e);
    }
  }

  /** A change that brings the database to a version. */
  static RowWriteBatch delta(RowDatabase database, int width, Version version, int pieceRows)
      throws IOException {
    return new RowWriteBatch(database, width, Optional.of(version), pieceRows);
  }

  /** The first change of an empty database. */
  static RowWriteBatch full(RowDatabase database, int width) throws IOException {
    return new RowWriteBatch(database, width, Optional.empty(), PIECE_ROWS);
  }

  @Override
  public void put(long fid, float[] rows, int at) throws IOException {
    rowBytes.asFloatBuffer().put(rows, at, width);
    try {
      size += isThere(fid) ? 0 : 1;
      batch.put(database.rows(), key, row);
      written();
    } catch (RocksDBException e) {
      throw database.unwritable(e);
    }
  }

  @Override
  public void remove(long fid) throws IOException {
    try {
      size -= isThere(fid) ? 1 : 0;
      batch.delete(database.rows(), key);
      written();
    } catch (RocksDBException e) {
      throw database.unwritable(e);
    }
  }

  @Override
  public void putHistory(long id, ActionHistory actions) throws IOException {
    byte[] packed = ActionHistoryCodec.bytes(actions);
    try {
      batch.put(database.parts(), RowDatabase.historyKey(id), packed);
      changes += packed.length / row.length; // in the memory of as many rows
      written();
    } catch (RocksDBException e) {
      throw database.unwritable(e);
    }
  }

  @Override
  public void removeHistory(long id) throws IOException {
    try {
      batch.delete(database.parts(), RowDatabase.historyKey(id));
      written();
    } catch (RocksDBException e) {
      throw database.unwritable(e);
    }
  }

  /** Removes all histories that the database has, and those of the change so far. */
  void removeHistories() throws IOException {
    try {
      writePiece();
      deleteHistories();
    } catch (RocksDBException e) {
      throw database.unwritable(e);
    }
  }

  private void deleteHistories() throws RocksDBException {
    try (RocksIterator each = database.rocks().newIterator(database.parts(), now)) {
      byte[] first = RowDatabase.historyKey(Long.MIN_VALUE);
      for (each.seek(first); each.isValid() && each.key()[0] == first[0]; each.next()) {
        batch.delete(database.parts(), each.key());
        written();
      }
      each.status();
    }
  }

  /** Makes the change: the database is at the version from here on. */
  void complete(Manifest version, DensePart dense) throws IOException {
    try (WriteOptions durably = new WriteOptions().setSync(true)) {
      if (delta.isEmpty()) {
        writePiece();
        flush();
      }
      batch.put(database.parts(), RowDatabase.MANIFEST, version.toJson());
      batch.put(database.parts(), RowDatabase.DENSE, bytes(dense.vector()));
      batch.put(database.parts(), RowDatabase.GAUGE, bytes(dense.gauge()));
      batch.put(database.parts(), RowDatabase.SIZE, longBytes(size));
      if (!Histories.of(version.schema()).isEmpty()) {
        batch.put(database.parts(), RowDatabase.HISTORIES, bytes(version.version()));
      }
      batch.delete(database.parts(), RowDatabase.PENDING);
      database.rocks().write(durably, batch);
    } catch (RocksDBException e) {
      throw database.unwritable(e);
    }
  }

  /** Looks up the key, which it leaves set, in the database and in the batch. */
  private boolean isThere(long fid) throws RocksDBException {
    ByteBuffer.wrap(key).putLong(RowDatabase.key(fid));
    boolean maybe = size > 0 && fid <= largest;
    largest = Math.max(largest, fid);
    return maybe && batch.getFromBatchAndDB(database.rocks(), database.rows(), now, key) != null;
  }

  private void written() throws RocksDBException {
    if (++changes >= pieceRows) {
      writePiece();
    }
  }

  private void writePiece() throws RocksDBException {
    if (delta.isPresent()) {
      batch.put(database.parts(), RowDatabase.PENDING, bytes(delta.get()));
      batch.put(database.parts(), RowDatabase.SIZE, longBytes(size));
    }
    try (WriteOptions options = new WriteOptions().setDisableWAL(delta.isEmpty())) {
      database.rocks().write(options, batch);
    }
    batch.clear();
    changes = 0;
  }

  private void flush() throws RocksDBException {
    try (FlushOptions waiting = new FlushOptions().setWaitForFlush(true)) {
      database.rocks().flush(waiting, List.of(database.rows(), database.parts()));
    }
  }

  private static byte[] bytes(Version version) {
    return version.toString().getBytes(UTF_8);
  }

  private static byte[] bytes(float[] floats) {
    ByteBuffer bytes =
        ByteBuffer.allocate(floats.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(floats);
    return bytes.array();
  }

  private static byte[] bytes(PublishedGauge gauge) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    PublishedGaugeCodec.INSTANCE.write(gauge, new DataOutputStream(bytes));
    return bytes.toByteArray();
  }

  private static byte[] longBytes(long value) {
    return ByteBuffer.allocate(Long.BYTES).putLong(value).array();
  }

  @Override
  public void close() {
    batch.close();
    now.close();
  }
}
