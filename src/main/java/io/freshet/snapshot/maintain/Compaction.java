package io.freshet.snapshot.maintain;

import io.freshet.snapshot.format.DataFile.EmbeddingFile;
import io.freshet.snapshot.format.DataFile.HistoryFile;
import io.freshet.snapshot.format.Manifest;
import io.freshet.snapshot.format.Manifest.Kind;
import io.freshet.snapshot.format.Version;
import io.freshet.snapshot.merge.HistoryMerge;
import io.freshet.snapshot.merge.RowMerge;
import io.freshet.snapshot.storage.WritableStorage;
import io.freshet.snapshot.store.SnapshotReader;
import io.freshet.snapshot.store.SnapshotStore;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Makes a delta a full as well: its chain, streamed over the sorted files, as new files in its own
 * folder, and {@code full.json} to name them.
 *
 * <p>The merged full is the same model as the delta on its parents, under the same name. Nothing
 * that is there changes: {@code latest.json} may point to the version before and after, its delta
 * stays for followers that hold the parent, and later deltas go on naming it as their parent. A
 * reader that comes from nothing goes back to the nearest full, which this is now; see {@link
 * SnapshotReader#chain}.
 *
 * <p>{@code full.json} is written last, in one step, and the files of each attempt have names of
 * their own: an attempt that fails deletes them, one that dies leaves files that no manifest names,
 * and two attempts at once do not disturb each other. The chain's files are checked against their
 * digests before they are merged, or a damage would get a sound digest; those of a far store are
 * copied to a local disk meanwhile ({@link NearFiles}).
 *
 * <p>Memory: {@link #READ_BYTES} for the files read, {@link #WRITE_BYTES} for the file written,
 * whatever the size of the table.
 */
public final class Compaction {
  /** Shared by the chunks of all files that are read. */
  static final int READ_BYTES = 16 << 20;

  /** The rows of a written file. */
  static final int WRITE_BYTES = 8 << 20;

  private static final int ROWS_PER_LOOK = 4096;

  /** Room that stays for the job, as a share of what a merge may write. */
  private static final double LEFT_FOR_OTHERS = 0.5;

  private final WritableStorage storage;
  private final SnapshotStore store;
  private final SnapshotReader reader;
  private final Path scratch;
  private final InstantSource clock;
  private final int readBytes;
  private final int writeBytes;

  Compaction(
      WritableStorage storage, Path scratch, InstantSource clock, int readBytes, int writeBytes) {
    this.storage = storage;
    this.scratch = scratch;
    this.store = new SnapshotStore(storage);
    this.reader = new SnapshotReader(store);
    this.clock = clock;
    this.readBytes = readBytes;
    this.writeBytes = writeBytes;
  }

  /**
   * @param scratch a local folder for copies of a far store's files
   */
  Compaction(WritableStorage storage, Path scratch, InstantSource clock) {
    this(storage, scratch, clock, READ_BYTES, WRITE_BYTES);
  }

  /** Merges in a root, with copies of a far store's files in the folder for temporary files. */
  public static Compaction of(WritableStorage storage) {
    return new Compaction(storage, NearFiles.temporary(), InstantSource.system());
  }

  /**
   * Merges a version with those it is built on.
   *
   * @return the version as a full; nothing where it was one already
   * @throws InterruptedIOException where the thread was interrupted
   */
  public Optional<Manifest> merge(Version version) throws IOException {
    List<Manifest> chain = reader.chain(version, Optional.empty());
    if (chain.size() == 1) {
      return Optional.empty();
    }
    checkRoom(version, chain);
    Manifest delta = chain.get(chain.size() - 1);
    String prefix = "full-" + Version.drawLineage();
    RowFileWriter files = new RowFileWriter(storage, version, prefix, delta.rowWidth(), writeBytes);
    HistoryFileWriter users =
        new HistoryFileWriter(storage, version, prefix + "-histories", writeBytes);
    try (NearFiles near = NearFiles.of(storage, chain, Manifest::changes, scratch)) {
      List<EmbeddingFile> rows = write(RowMerge.of(near.storage(), chain, readBytes), delta, files);
      List<HistoryFile> histories =
          write(HistoryMerge.of(near.storage(), chain, readBytes), delta, users);
      Manifest full = delta.merged(rows, histories, clock.instant());
      storage.replace(SnapshotStore.path(version, Manifest.MERGED_FILE), full.toJson());
      return Optional.of(full);
    } catch (IOException | RuntimeException e) {
      discard(version, files, users, e);
      throw e;
    }
  }

  private void checkRoom(Version version, List<Manifest> chain) throws IOException {
    OptionalLong free = storage.free();
    long most = chain.stream().mapToLong(Manifest::bytes).sum();
    if (free.isPresent() && free.getAsLong() < most * (1 + LEFT_FOR_OTHERS)) {
      throw new IOException(
          "merging version %s may take %s bytes, and half as much stays free for the job; found %s bytes free in %s"
              .formatted(version, most, free.getAsLong(), storage));
    }
  }

  /** A manifest whose writing failed may be there all the same, and names the files then. */
  private void discard(
      Version version, RowFileWriter files, HistoryFileWriter users, Exception failure) {
    try {
      if (!isMerged(version)) {
        files.discard();
        users.discard();
      }
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }

  private boolean isMerged(Version version) throws IOException {
    return storage.exists(SnapshotStore.path(version, Manifest.MERGED_FILE));
  }

  /** Whether the version needs no other. */
  boolean isFull(Version version) throws IOException {
    return store.manifest(version).kind() == Kind.FULL || store.merged(version).isPresent();
  }

  private static List<EmbeddingFile> write(RowMerge rows, Manifest delta, RowFileWriter files)
      throws IOException {
    for (long n = 1; rows.next(); n++) {
      if (!rows.isRemoved()) {
        files.add(rows.fid(), rows.updates(), rows.row());
      }
      checkInterrupted(n, delta);
    }
    return files.finish();
  }

  private static List<HistoryFile> write(
      HistoryMerge histories, Manifest delta, HistoryFileWriter files) throws IOException {
    for (long n = 1; histories.next(); n++) {
      if (histories.actions().size() > 0) {
        files.add(histories.id(), histories.actions());
      }
      checkInterrupted(n, delta);
    }
    return files.finish();
  }

  /** Looks now and then. */
  private static void checkInterrupted(long n, Manifest delta) throws InterruptedIOException {
    if (n % ROWS_PER_LOOK == 0 && Thread.currentThread().isInterrupted()) {
      throw new InterruptedIOException("merging " + delta.version() + " was interrupted");
    }
  }
}
