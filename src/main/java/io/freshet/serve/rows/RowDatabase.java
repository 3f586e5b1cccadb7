package io.freshet.serve.rows;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.freshet.feature.history.ActionHistory;
import io.freshet.feature.history.ActionHistoryCodec;
import io.freshet.feature.history.Histories;
import io.freshet.model.batch.MiniBatch;
import io.freshet.model.gauge.PublishedGauge;
import io.freshet.model.gauge.PublishedGaugeCodec;
import io.freshet.serve.model.ServedModel;
import io.freshet.snapshot.format.Manifest;
import io.freshet.snapshot.format.Version;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.Snapshot;
import org.rocksdb.Status;

/**
 * A RocksDB database in a folder of its own that holds the model of one version.
 *
 * <p>Rows lie by id, 8 bytes that sort as the ids do, each 1 + k floats, little-endian; in a family
 * of their own, the manifest, the dense part, the gauge, and the number of rows. A {@link
 * RowWriteBatch} writes them last, so a database is at exactly one version, or says that it is on
 * its way to one. Histories lie in that family, too, each by its id behind a 0 byte.
 */
final class RowDatabase {
  static final byte[] MANIFEST = "manifest".getBytes(UTF_8);
  static final byte[] DENSE = "dense".getBytes(UTF_8);
  static final byte[] GAUGE = "gauge".getBytes(UTF_8);
  static final byte[] SIZE = "size".getBytes(UTF_8);
  static final byte[] HISTORIES = "histories".getBytes(UTF_8); // version whose histories are here
  static final byte[] PENDING = "pending".getBytes(UTF_8);

  private final Path folder;
  private final RocksDB rocks;
  private final List<ColumnFamilyHandle> families;
  private final AtomicInteger snapshots = new AtomicInteger();
  private final Queue<MultiGet> idle = new ConcurrentLinkedQueue<>();
  private volatile boolean damaged;
  private boolean closed;

  private RowDatabase(Path folder, RocksDB rocks, List<ColumnFamilyHandle> families) {
    this.folder = folder;
    this.rocks = rocks;
    this.families = families;
  }

  /** Opens the database of a folder, an empty one where there is none. */
  static RowDatabase open(Path folder, RocksMemory memory) throws IOException {
    List<ColumnFamilyHandle> families = new ArrayList<>();
    List<ColumnFamilyDescriptor> wanted =
        List.of(
            new ColumnFamilyDescriptor(RocksDB.DEFAULT_COLUMN_FAMILY, memory.family()),
            new ColumnFamilyDescriptor("model".getBytes(UTF_8), memory.family()));
    try {
      RocksDB rocks = RocksDB.open(memory.database(), folder.toString(), wanted, families);
      return new RowDatabase(folder, rocks, families);
    } catch (RocksDBException e) {
      throw new IOException("the database %s: %s".formatted(folder, e.getMessage()), e);
    }
  }

  static long key(long fid) {
    return fid ^ Long.MIN_VALUE;
  }

  static byte[] historyKey(long id) {
    return ByteBuffer.allocate(1 + Long.BYTES).put((byte) 0).putLong(key(id)).array();
  }

  Path folder() {
    return folder;
  }

  RocksDB rocks() {
    return rocks;
  }

  ColumnFamilyHandle rows() {
    return families.get(0);
  }

  ColumnFamilyHandle parts() {
    return families.get(1);
  }

  /** The version that was completed last; nothing before the first. */
  Optional<Manifest> manifest() throws IOException {
    try {
      byte[] manifest = rocks.get(parts(), MANIFEST);
      return manifest == null ? Optional.empty() : Optional.of(Manifest.of(manifest));
    } catch (RocksDBException e) {
      throw unreadable(e);
    }
  }

  /** The version that some of the rows are of already, while it is not complete. */
  Optional<String> pending() throws IOException {
    try {
      return Optional.ofNullable(rocks.get(parts(), PENDING)).map(v -> new String(v, UTF_8));
    } catch (RocksDBException e) {
      throw unreadable(e);
    }
  }

  /**
   * The model that the database holds, held for the caller; nothing before the first, and while the
   * rows are of two versions.
   */
  Optional<ServedModel> model() throws IOException {
    Optional<Manifest> manifest = manifest();
    if (manifest.isEmpty() || pending().isPresent()) {
      return Optional.empty();
    }
    try {
      float[] dense = floats(rocks.get(parts(), DENSE));
      Snapshot snapshot = rocks.getSnapshot();
      snapshots.incrementAndGet();
      RocksRows rows = new RocksRows(this, snapshot, size());
      return Optional.of(new ServedModel(manifest.get(), rows, rows, dense, gauge()));
    } catch (RocksDBException e) {
      throw unreadable(e);
    }
  }

  /** Checks that it has the histories of its version, if that is to have some. */
  void checkHistories() throws IOException {
    Manifest manifest = manifest().orElse(null);
    if (manifest == null || Histories.of(manifest.schema()).isEmpty()) {
      return;
    }
    try {
      byte[] version = rocks.get(parts(), HISTORIES);
      if (version == null || !new String(version, UTF_8).equals(manifest.version().toString())) {
        throw new IOException(
            "the database %s is of a release that left out the histories of version %s; a full takes its place"
                .formatted(folder, manifest.version()));
      }
    } catch (RocksDBException e) {
      throw unreadable(e);
    }
  }

  /** The gauge; databases of before there was one hold none. */
  private PublishedGauge gauge() throws RocksDBException, IOException {
    byte[] gauge = rocks.get(parts(), GAUGE);
    return gauge == null
        ? PublishedGauge.NONE
        : PublishedGaugeCodec.INSTANCE.read(new DataInputStream(new ByteArrayInputStream(gauge)));
  }

  /** Number of rows, by the last change. */
  long size() throws RocksDBException {
    byte[] size = rocks.get(parts(), SIZE);
    return size == null ? 0 : ByteBuffer.wrap(size).getLong();
  }

  boolean read(ReadOptions at, long fid, float[] target, int place) throws RocksDBException {
    byte[] row = rocks.get(at, ByteBuffer.allocate(Long.BYTES).putLong(key(fid)).array());
    if (row != null) {
      float[] floats = floats(row);
      System.arraycopy(floats, 0, target, place, floats.length);
    }
    return row != null;
  }

  ActionHistory history(ReadOptions at, long id) throws RocksDBException {
    byte[] packed = rocks.get(parts(), at, historyKey(id));
    return packed == null ? null : ActionHistoryCodec.of(packed);
  }

  void readAll(ReadOptions at, MiniBatch batch, int width, float[] target, IntConsumer missing)
      throws RocksDBException {
    MultiGet fetch = idle.poll();
    if (fetch == null) {
      fetch = new MultiGet(width);
    }
    fetch.readAll(rocks, at, batch, target, missing);
    idle.add(fetch);
  }

  /** An error for a version whose other rows cannot be had any more. */
  IOException unfinished(String version, Version wanted) {
    damaged = true;
    return new IOException(
        "the database %s holds a part of version %s, which version %s does not build on; a full takes its place"
            .formatted(folder, version, wanted));
  }

  /** Whether it has shown a defect that only a load from a full mends. */
  boolean isDamaged() {
    return damaged;
  }

  /** An error in reading, after which the database is not trusted any more. */
  IOException unreadable(RocksDBException e) {
    damaged = true;
    return failed("reading from", e);
  }

  /** An error in writing: a full disk is no damage. */
  IOException unwritable(RocksDBException e) {
    Status status = e.getStatus();
    damaged |= status != null && status.getCode() == Status.Code.Corruption;
    return failed("writing to", e);
  }

  private IOException failed(String doing, RocksDBException e) {
    return new IOException(
        "%s the database %s failed: %s".formatted(doing, folder, e.getMessage()), e);
  }

  void release(Snapshot snapshot) {
    rocks.releaseSnapshot(snapshot);
    snapshots.decrementAndGet();
  }

  /** Whether it has no readers. */
  boolean isIdle() {
    return snapshots.get() == 0;
  }

  /** What it holds of its own: rows just written, and readers of files. */
  synchronized Map<String, Long> bytes() {
    if (closed) {
      return Map.of();
    }
    try {
      return Map.of(
          "memtables", rocks.getAggregatedLongProperty("rocksdb.cur-size-all-mem-tables"),
          "table readers", rocks.getAggregatedLongProperty("rocksdb.estimate-table-readers-mem"));
    } catch (RocksDBException e) {
      throw new UncheckedIOException(failed("asking", e));
    }
  }

  /** Closes it, when it has no readers. */
  synchronized void close() {
    closed = true;
    families.forEach(ColumnFamilyHandle::close);
    rocks.close();
  }

  private static float[] floats(byte[] bytes) {
    float[] floats = new float[bytes.length / Float.BYTES];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(floats);
    return floats;
  }
}
