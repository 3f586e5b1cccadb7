package io.freshet.snapshot.maintain;

import io.freshet.snapshot.format.DataFile.EmbeddingFile;
import io.freshet.snapshot.format.EmbeddingRows;
import io.freshet.snapshot.format.Version;
import io.freshet.snapshot.storage.Storage;
import io.freshet.snapshot.store.ChainRows;
import io.freshet.snapshot.store.SnapshotStore;
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
 * <p>Reads the delta's files, each once, so it is asked only where the parent or a part has such
 * rows. Once {@link #LIMIT} are known they are not followed any more, and stay.
 */
public final class NonFinite {
  static final int LIMIT = 100_000;

  private NonFinite() {}

  /**
   * The ids, ascending.
   *
   * @param parents those of the parent
   * @param files the delta's, in the order in which they are read
   */
  public static List<Long> in(
      Storage storage, Version version, List<EmbeddingFile> files, Collection<Long> parents)
      throws IOException {
    if (parents.size() >= LIMIT) {
      return List.copyOf(parents);
    }
    List<ChainRows.Part> parts = new ArrayList<>();
    for (EmbeddingFile file : files) {
      String path = SnapshotStore.path(version, file.name());
      parts.add(new ChainRows.Part(file.size(), () -> EmbeddingRows.read(storage, path)));
    }
    SortedSet<Long> found = new TreeSet<>(parents);
    ChainRows.read(parts, rows -> look(rows, found));
    return List.copyOf(found);
  }

  private static void look(EmbeddingRows rows, SortedSet<Long> found) {
    for (int i = 0; i < rows.size() && found.size() < LIMIT; i++) {
      if (isFinite(rows.rows(), i * rows.width(), rows.width())) {
        found.remove(rows.fids()[i]);
      } else {
        found.add(rows.fids()[i]);
      }
    }
    for (int i = 0; i < rows.removed().length && found.size() < LIMIT; i++) {
      found.remove(rows.removed()[i]);
    }
  }

  private static boolean isFinite(float[] values, int from, int width) {
    for (int i = from; i < from + width; i++) {
      if (!Float.isFinite(values[i])) {
        return false;
      }
    }
    return true;
  }
}
