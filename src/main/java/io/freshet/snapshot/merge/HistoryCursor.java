package io.freshet.snapshot.merge;

import io.freshet.feature.history.ActionHistory;
import io.freshet.snapshot.format.DataFile.HistoryFile;
import io.freshet.snapshot.format.TensorCursor;
import io.freshet.snapshot.format.Version;
import io.freshet.snapshot.storage.Storage;
import java.io.IOException;
import java.util.Iterator;
import java.util.List;

/**
 * The histories and removals of a file, or of several whose ids ascend from each to the next, read
 * in chunks.
 */
final class HistoryCursor implements SortedCursor {
  private static final int VECTORS = 5;

  private final Storage storage;
  private final Version version;
  private final Iterator<HistoryFile> files;
  private final int chunk;
  private Contents current; // null before the first
  private ActionHistory actions = ActionHistory.NONE;

  /**
   * @param bytes memory for the chunks of a file
   */
  HistoryCursor(Storage storage, Version version, List<HistoryFile> files, int bytes) {
    this.storage = storage;
    this.version = version;
    this.files = files.iterator();
    chunk = Math.max(1, bytes / VECTORS / Long.BYTES);
  }

  /** What an open file is read through. */
  private record Contents(
      IdCursor ids, TensorCursor lengths, TensorCursor times, TensorCursor values) {}

  private Contents open(HistoryFile next) throws IOException {
    FileTensors file = new FileTensors(storage, version, next, chunk);
    return new Contents(
        new IdCursor(file.longs("ids", next.histories()), file.longs("removed")),
        file.longs("lengths", next.histories()),
        file.longs("times", next.actions()),
        file.longs("values", next.actions()));
  }

  @Override
  public boolean next() throws IOException {
    while (current == null || !current.ids.next()) {
      if (!files.hasNext()) {
        return false;
      }
      current = null; // its memory goes before the next one's comes
      current = open(files.next());
    }
    actions = isRemoved() ? ActionHistory.NONE : read(current.lengths.nextLong());
    return true;
  }

  private ActionHistory read(long length) throws IOException {
    long[] times = new long[Math.toIntExact(length)];
    long[] values = new long[times.length];
    for (int i = 0; i < times.length; i++) {
      if (!current.times.hasNext() || !current.values.hasNext()) {
        throw new IOException(this + ": there are fewer actions than the lengths say");
      }
      times[i] = current.times.nextLong();
      values[i] = current.values.nextLong();
    }
    return new ActionHistory(times, values);
  }

  @Override
  public long fid() {
    return current.ids.id();
  }

  @Override
  public boolean isRemoved() {
    return current.ids.isRemoved();
  }

  /** The current history. */
  ActionHistory actions() {
    return actions;
  }

  @Override
  public String toString() {
    return "a file of histories of version " + version + " in " + storage;
  }
}
