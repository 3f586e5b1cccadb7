package io.freshet.snapshot.maintain;

import io.freshet.snapshot.format.Manifest;
import io.freshet.snapshot.format.Manifest.EmbeddingFile;
import io.freshet.snapshot.storage.Storage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;

/**
 * Several sorted sequences of rows and removals as one: of each fid what the newest sequence says.
 *
 * <p>A merge by a heap of the sequences' heads. Memory does not depend on the number of rows: the
 * files share {@code bytes} for their chunks, and each takes a row at least, some {@code 4 (7 + k)}
 * bytes, and a few hundred bytes of its own.
 */
final class RowMerge implements RowCursor {
  private final PriorityQueue<Head> heads = new PriorityQueue<>();
  private Head current;

  /**
   * @param oldestFirst the sequences by age
   */
  RowMerge(List<? extends RowCursor> oldestFirst) throws IOException {
    for (int age = 0; age < oldestFirst.size(); age++) {
      RowCursor rows = oldestFirst.get(age);
      if (rows.next()) {
        heads.add(new Head(rows, age).moved());
      }
    }
  }

  /**
   * What some versions of a chain hold together.
   *
   * @param chain oldest first
   * @param bytes memory for the files' chunks
   */
  static RowMerge of(Storage storage, List<Manifest> chain, int bytes) throws IOException {
    long sequences = chain.stream().mapToLong(RowMerge::sequences).sum();
    int share = (int) (bytes / Math.max(1, sequences));
    List<RowCursor> cursors = new ArrayList<>();
    for (Manifest manifest : chain) {
      if (isOneSequence(manifest)) {
        cursors.add(new RunCursor(storage, manifest, share));
      } else {
        for (EmbeddingFile file : manifest.embeddings()) {
          cursors.add(
              new FileCursor(storage, manifest.version(), manifest.rowWidth(), file, share));
        }
      }
    }
    return new RowMerge(cursors);
  }

  private static long sequences(Manifest manifest) {
    return isOneSequence(manifest) ? 1 : manifest.embeddings().size();
  }

  private static boolean isOneSequence(Manifest manifest) {
    return manifest.merged().isPresent();
  }

  @Override
  public boolean next() throws IOException {
    if (current != null) {
      advance(current);
    }
    current = heads.poll();
    while (current != null && !heads.isEmpty() && heads.peek().fid == current.fid) {
      advance(heads.poll()); // an older word on the same fid
    }
    return current != null;
  }

  private void advance(Head head) throws IOException {
    if (head.rows.next()) {
      if (head.rows.fid() <= head.fid) {
        throw new IOException(
            "%s is not sorted: %s comes after %s".formatted(head.rows, head.rows.fid(), head.fid));
      }
      heads.add(head.moved());
    }
  }

  @Override
  public long fid() {
    return current.fid;
  }

  @Override
  public boolean isRemoved() {
    return current.rows.isRemoved();
  }

  @Override
  public long updates() {
    return current.rows.updates();
  }

  @Override
  public float[] row() {
    return current.rows.row();
  }

  /** Where a sequence stands; by fid, then the newest first. */
  private static final class Head implements Comparable<Head> {
    private final RowCursor rows;
    private final int age; // the higher, the newer
    private long fid;

    Head(RowCursor rows, int age) {
      this.rows = rows;
      this.age = age;
    }

    Head moved() {
      fid = rows.fid();
      return this;
    }

    @Override
    public int compareTo(Head that) {
      int byFid = Long.compare(fid, that.fid);
      return byFid != 0 ? byFid : Integer.compare(that.age, age);
    }
  }
}
