package io.freshet.snapshot.history;

import io.freshet.feature.history.ActionHistory;
import io.freshet.model.batch.LongIndex;
import io.freshet.snapshot.format.SafetensorsOutput;
import io.freshet.snapshot.format.SafetensorsOutput.Written;
import io.freshet.snapshot.format.Tensor;
import io.freshet.snapshot.storage.WritableStorage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The newest state of each history since the last file, or that it is over.
 *
 * <p>Not thread-safe.
 */
public final class HistoryBuffer implements HistorySink {
  private static final int START = 1024;

  private final LongIndex index = new LongIndex(START);
  private final List<ActionHistory> histories = new ArrayList<>(); // by number of the index
  private long actions;

  @Override
  public void putHistory(long id, ActionHistory history) {
    int number = index.add(id);
    if (number == histories.size()) {
      histories.add(history);
    } else {
      actions -= histories.set(number, history).size();
    }
    actions += history.size();
  }

  @Override
  public void removeHistory(long id) {
    putHistory(id, ActionHistory.NONE);
  }

  public boolean isEmpty() {
    return histories.isEmpty();
  }

  /** Histories that are not over. */
  public long live() {
    return histories.stream().filter(history -> history.size() > 0).count();
  }

  /** Actions of all. */
  public long actions() {
    return actions;
  }

  /** About how much memory it takes, or may go on to take without asking for more. */
  public long bytes() {
    return 64L * histories.size() + 2 * Long.BYTES * actions;
  }

  /** Writes the file, ascending by id. */
  public Written write(WritableStorage storage, String path) throws IOException {
    long[] ids = sorted(false);
    long[] removed = sorted(true);
    long[] lengths = Arrays.stream(ids).map(id -> history(id).size()).toArray();
    return SafetensorsOutput.write(
        storage,
        path,
        List.of(
            Tensor.longs("ids", ids.length),
            Tensor.longs("lengths", ids.length),
            Tensor.longs("removed", removed.length),
            Tensor.longs("times", actions),
            Tensor.longs("values", actions)),
        file -> {
          file.write(ids, 0, ids.length);
          file.write(lengths, 0, lengths.length);
          file.write(removed, 0, removed.length);
          for (long id : ids) {
            file.write(history(id).times(), 0, history(id).size());
          }
          for (long id : ids) {
            file.write(history(id).values(), 0, history(id).size());
          }
        });
  }

  public void clear() {
    index.clear();
    histories.clear();
    actions = 0;
  }

  private ActionHistory history(long id) {
    return histories.get(index.find(id));
  }

  private long[] sorted(boolean over) {
    return IntStream.range(0, histories.size())
        .filter(number -> (histories.get(number).size() == 0) == over)
        .mapToLong(index::key)
        .sorted()
        .toArray();
  }
}
