package io.freshet.snapshot.history;

import io.freshet.feature.history.ActionHistory;
import io.freshet.snapshot.format.SafetensorsFile;
import io.freshet.snapshot.storage.Storage;
import java.io.IOException;
import java.util.Arrays;

/**
 * The contents of a file of histories: those of ascending ids, and ids whose histories are over.
 *
 * @param ids ascending as signed numbers, each once
 * @param lengths how many actions each has
 * @param times of the actions of all, one history after the other, each oldest first
 * @param values one for each of {@code times}
 * @param removed ascending, none of them among {@code ids}
 */
public record HistoryRows(long[] ids, long[] lengths, long[] times, long[] values, long[] removed) {

  public static HistoryRows read(Storage storage, String path) throws IOException {
    return of(SafetensorsFile.read(storage, path), path + " in " + storage);
  }

  public static HistoryRows of(SafetensorsFile file, String where) throws IOException {
    HistoryRows rows =
        new HistoryRows(
            file.longs("ids"),
            file.longs("lengths"),
            file.longs("times"),
            file.longs("values"),
            file.has("removed") ? file.longs("removed") : new long[0]);
    long most = rows.times.length;
    long actions = Arrays.stream(rows.lengths).sum();
    boolean isSound =
        rows.ids.length == rows.lengths.length
            && Arrays.stream(rows.lengths).allMatch(length -> length > 0 && length <= most)
            && actions == rows.times.length
            && actions == rows.values.length;
    if (!isSound) {
      throw new IOException(
          "%s has %s ids, %s lengths of %s actions, %s times and %s values"
              .formatted(
                  where,
                  rows.ids.length,
                  rows.lengths.length,
                  actions,
                  rows.times.length,
                  rows.values.length));
    }
    return rows;
  }

  /** Number of histories. */
  public int size() {
    return ids.length;
  }

  /** Hands all changes to a sink. */
  public void to(HistorySink sink) throws IOException {
    int at = 0;
    for (int i = 0; i < ids.length; i++) {
      int end = at + (int) lengths[i];
      sink.putHistory(
          ids[i],
          new ActionHistory(
              Arrays.copyOfRange(times, at, end), Arrays.copyOfRange(values, at, end)));
      at = end;
    }
    for (long id : removed) {
      sink.removeHistory(id);
    }
  }
}
