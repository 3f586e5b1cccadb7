package io.freshet.snapshot.maintain;

import io.freshet.snapshot.format.Manifest.EmbeddingFile;
import io.freshet.snapshot.format.Version;
import io.freshet.snapshot.storage.Storage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Finds the rows of a model that hold a value which is no finite number: those of its parent that
 * the delta neither replaces nor removes, and the delta's own.
 *
 * <p>Reads the delta's files, so it is asked only where the parent or a part has such rows. Once
 * {@link #LIMIT} are known they are not followed any more, and stay.
 */
public final class NonFinite {
  static final int LIMIT = 100_000;
  private static final int READ_BYTES = 1 << 20;

  private NonFinite() {}

  /**
   * The ids, ascending.
   *
   * @param parents those of the parent
   * @param files the delta's, in the order in which they are read
   */
  public static List<Long> in(
      Storage storage,
      Version version,
      int width,
      List<EmbeddingFile> files,
      Collection<Long> parents)
      throws IOException {
    if (parents.size() >= LIMIT) {
      return List.copyOf(parents);
    }
    List<RowCursor> cursors = new ArrayList<>();
    for (EmbeddingFile file : files) {
      cursors.add(new FileCursor(storage, version, width, file, READ_BYTES / files.size()));
    }
    SortedSet<Long> found = new TreeSet<>(parents);
    RowMerge rows = new RowMerge(cursors);
    while (rows.next() && found.size() < LIMIT) {
      if (rows.isRemoved() || isFinite(rows.row())) {
        found.remove(rows.fid());
      } else {
        found.add(rows.fid());
      }
    }
    return List.copyOf(found);
  }

  private static boolean isFinite(float[] row) {
    for (float value : row) {
      if (!Float.isFinite(value)) {
        return false;
      }
    }
    return true;
  }
}
