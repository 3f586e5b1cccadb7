package io.freshet.snapshot.merge;

import io.freshet.snapshot.format.DataFile.EmbeddingFile;
import io.freshet.snapshot.format.Manifest;
import io.freshet.snapshot.storage.Storage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Several sorted sequences of rows and removals as one: of each fid what the newest sequence says.
 *
 * <p>Memory does not depend on the number of rows: the files share {@code bytes} for their chunks,
 * and each takes a row at least, some {@code 4 (7 + k)} bytes, and a few hundred bytes of its own.
 */
public final class RowMerge implements RowCursor {
  private final SortedMerge<RowCursor> merge;

  /**
   * @param oldestFirst the sequences by age
   */
  RowMerge(List<? extends RowCursor> oldestFirst) throws IOException {
    merge = new SortedMerge<>(oldestFirst);
  }

  /**
   * What some versions of a chain hold together.
   *
   * @param chain oldest first
   * @param bytes memory for the files' chunks
   */
  public static RowMerge of(Storage storage, List<Manifest> chain, int bytes) throws IOException {
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
    return merge.next();
  }

  @Override
  public long fid() {
    return merge.current().fid();
  }

  @Override
  public boolean isRemoved() {
    return merge.current().isRemoved();
  }

  @Override
  public long updates() {
    return merge.current().updates();
  }

  @Override
  public float[] row() {
    return merge.current().row();
  }
}
