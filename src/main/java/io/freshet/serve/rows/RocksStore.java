package io.freshet.serve.rows;

import io.freshet.serve.model.ServedModel;
import io.freshet.snapshot.format.DensePart;
import io.freshet.snapshot.format.Manifest;
import io.freshet.snapshot.format.Version;
import io.freshet.snapshot.history.HistoryChain;
import io.freshet.snapshot.history.HistorySink;
import io.freshet.snapshot.store.SnapshotReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the rows and histories in RocksDB, on a local disk, for tables larger than memory. A
 * restart goes on from the version that the store holds.
 *
 * <p>Deltas go into the database that is there, in pieces; one that a crash has ended is written
 * again before anything is served. A full goes into a new database next to it, which takes its
 * place when it is whole. Readers of earlier versions see what they saw before, through RocksDB's
 * snapshots, and the old database is deleted after the last of them.
 */
public final class RocksStore implements RowStore {
  private static final Logger LOG = LoggerFactory.getLogger(RocksStore.class);

  private final StoreFolder folder;
  private final RocksMemory memory;
  private final int pieceRows;
  private final List<RowDatabase> retired = new ArrayList<>();
  private volatile RowDatabase current; // null before the first
  private Manifest held; // of current; null before the first

  /**
   * A store in a folder.
   *
   * @param cacheBytes memory for it outside the heap, in addition to the piece of a version that is
   *     being written
   * @throws IOException where the folder cannot be had, or another process has it
   */
  public RocksStore(Path folder, long cacheBytes) throws IOException {
    this(new StoreFolder(folder), cacheBytes);
  }

  RocksStore(StoreFolder folder, long cacheBytes) {
    this(folder, cacheBytes, RowWriteBatch.PIECE_ROWS);
  }

  RocksStore(StoreFolder folder, long cacheBytes, int pieceRows) {
    this.folder = folder;
    this.pieceRows = pieceRows;
    memory = new RocksMemory(cacheBytes);
  }

  @Override
  public Optional<ServedModel> resume() throws IOException {
    if (current != null) {
      throw new IllegalStateException("the store " + folder + " is in use already");
    }
    Optional<Path> counts = folder.current();
    for (Path database : folder.databases()) {
      if (!Optional.of(database).equals(counts)) {
        folder.delete(database); // of a load that a crash has ended
      }
    }
    try {
      return counts.isPresent() ? resume(counts.get()) : Optional.empty();
    } catch (IOException e) {
      LOG.warn("the store {} starts empty", folder, e);
      discard();
      folder.delete(counts.orElseThrow());
      return Optional.empty();
    }
  }

  private Optional<ServedModel> resume(Path database) throws IOException {
    current = RowDatabase.open(database, memory);
    held = current.manifest().orElse(null);
    current.checkHistories();
    Optional<String> pending = current.pending();
    pending.ifPresent(version -> LOG.info("version {} is half written and goes on", version));
    return current.model();
  }

  @Override
  public Optional<Version> held() {
    return Optional.ofNullable(held).filter(h -> !current.isDamaged()).map(Manifest::version);
  }

  @Override
  public ServedModel load(List<Manifest> chain, SnapshotReader reader) throws IOException {
    if (chain.get(0).kind() == Manifest.Kind.FULL) {
      fill(chain, reader);
    } else {
      addAll(chain, reader);
    }
    return current.model().orElseThrow();
  }

  /**
   * Adds deltas one by one, but none that is withheld without the next that passed the gate, and
   * none before one that is half written without that.
   */
  private void addAll(List<Manifest> deltas, SnapshotReader reader) throws IOException {
    int least = pending(deltas);
    int from = 0;
    for (int to = 1; to <= deltas.size(); to++) {
      if (to >= least && (to == deltas.size() || !deltas.get(to - 1).isWithheld())) {
        add(deltas.subList(from, to), reader);
        from = to;
      }
    }
  }

  /** How many of the deltas a version that is half written takes; 0 where there is none. */
  private int pending(List<Manifest> deltas) throws IOException {
    Optional<String> pending = current.pending();
    if (pending.isEmpty()) {
      return 0;
    }
    for (int i = 0; i < deltas.size(); i++) {
      if (deltas.get(i).version().toString().equals(pending.get())) {
        return i + 1;
      }
    }
    throw current.unfinished(pending.get(), deltas.get(deltas.size() - 1).version());
  }

  private void add(List<Manifest> deltas, SnapshotReader reader) throws IOException {
    Manifest newest = deltas.get(deltas.size() - 1);
    VersionFiles.checkShape(newest, held);
    DensePart dense = VersionFiles.dense(newest, reader);
    try (RowWriteBatch change =
        RowWriteBatch.delta(current, newest.rowWidth(), newest.version(), pieceRows)) {
      Manifest before = held;
      for (Manifest delta : deltas) {
        if (!HistoryChain.goesOn(before, delta)) {
          change.removeHistories();
        }
        before = delta;
        VersionFiles.apply(delta, reader, change, change);
      }
      change.complete(newest, dense);
    }
    held = newest;
  }

  private void fill(List<Manifest> chain, SnapshotReader reader) throws IOException {
    Manifest newest = chain.get(chain.size() - 1);
    DensePart dense = VersionFiles.dense(newest, reader);
    tidy();
    folder.checkSpace(chain.stream().mapToLong(Manifest::bytes).sum());
    RowDatabase fresh = RowDatabase.open(folder.next(), memory);
    boolean whole = false;
    try (RowWriteBatch change = RowWriteBatch.full(fresh, newest.rowWidth())) {
      List<Manifest> counting = HistoryChain.counting(chain);
      for (Manifest manifest : chain) {
        HistorySink histories = counting.contains(manifest) ? change : HistorySink.NONE;
        VersionFiles.apply(manifest, reader, change, histories);
      }
      change.complete(newest, dense);
      folder.use(fresh.folder());
      whole = true;
    } finally {
      retire(whole ? current : fresh);
      tidy();
    }
    current = fresh;
    held = newest;
  }

  private void retire(RowDatabase database) {
    if (database != null) {
      retired.add(database);
    }
  }

  @Override
  public Map<String, Long> nativeBytes() {
    Map<String, Long> bytes = new TreeMap<>(memory.bytes());
    RowDatabase database = current;
    if (database != null) {
      bytes.putAll(database.bytes());
    }
    return bytes;
  }

  @Override
  public void tidy() throws IOException {
    for (Iterator<RowDatabase> each = retired.iterator(); each.hasNext(); ) {
      RowDatabase database = each.next();
      if (database.isIdle()) {
        each.remove();
        database.close();
        folder.delete(database.folder());
      }
    }
  }

  private void discard() {
    if (current != null) {
      current.close();
      current = null;
      held = null;
    }
  }

  /** Closes the store; what still has readers stays open until the process ends. */
  @Override
  public void close() throws IOException {
    retire(current);
    current = null;
    held = null;
    boolean idle = true;
    for (RowDatabase database : retired) {
      idle &= database.isIdle();
      if (database.isIdle()) {
        database.close();
      }
    }
    if (idle) {
      memory.close();
    }
    folder.close();
  }
}
