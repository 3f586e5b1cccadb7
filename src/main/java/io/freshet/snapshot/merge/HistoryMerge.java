package io.freshet.snapshot.merge;

import io.freshet.feature.history.ActionHistory;
import io.freshet.snapshot.format.DataFile.HistoryFile;
import io.freshet.snapshot.format.Manifest;
import io.freshet.snapshot.history.HistoryChain;
import io.freshet.snapshot.storage.Storage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The histories of some versions of a chain as one sequence; memory as in {@link RowMerge}. */
public final class HistoryMerge {
  private final SortedMerge<HistoryCursor> merge;

  private HistoryMerge(SortedMerge<HistoryCursor> merge) {
    this.merge = merge;
  }

  /**
   * What some versions of a chain hold together.
   *
   * @param chain oldest first
   * @param bytes memory for the files' chunks
   */
  public static HistoryMerge of(Storage storage, List<Manifest> chain, int bytes)
      throws IOException {
    List<Manifest> counting = HistoryChain.counting(chain);
    int sequences = counting.stream().mapToInt(manifest -> sequences(manifest).size()).sum();
    List<HistoryCursor> cursors = new ArrayList<>();
    for (Manifest manifest : counting) {
      for (List<HistoryFile> files : sequences(manifest)) {
        cursors.add(new HistoryCursor(storage, manifest.version(), files, bytes / sequences));
      }
    }
    return new HistoryMerge(new SortedMerge<>(cursors));
  }

  /**
   * Files that are read one after the other: those of a merged full ascend from each to the next.
   */
  private static List<List<HistoryFile>> sequences(Manifest manifest) {
    return manifest.merged().isPresent()
        ? List.of(manifest.histories())
        : manifest.histories().stream().map(List::of).toList();
  }

  /** Moves to the next id; false at the end. */
  public boolean next() throws IOException {
    return merge.next();
  }

  public long id() {
    return merge.current().fid();
  }

  /** The current history; without actions where it is over. */
  public ActionHistory actions() {
    return merge.current().actions();
  }
}
