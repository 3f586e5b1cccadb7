package io.freshet.snapshot.write;

import io.freshet.feature.history.PublishedHistory;
import io.freshet.snapshot.format.SafetensorsOutput.Written;
import io.freshet.snapshot.history.HistoryBuffer;
import io.freshet.snapshot.storage.WritableStorage;
import java.io.IOException;

/** Histories of a subtask's users. */
final class HistoryPart implements PartBuffer<PublishedHistory> {
  static final long MOST_BYTES = 64 << 20;

  private final HistoryBuffer histories = new HistoryBuffer();
  private final long mostBytes;

  HistoryPart(long mostBytes) {
    this.mostBytes = mostBytes;
  }

  @Override
  public void add(PublishedHistory history) {
    histories.putHistory(history.id(), history.actions());
  }

  @Override
  public boolean isEmpty() {
    return histories.isEmpty();
  }

  @Override
  public boolean isFull() {
    return histories.bytes() >= mostBytes;
  }

  @Override
  public PublisherInput.Part write(String path, WritableStorage storage) throws IOException {
    Written written = histories.write(storage, path);
    return new PublisherInput.Part(
        path, written.size(), written.sha256(), histories.live(), histories.actions(), 0);
  }

  @Override
  public void clear() {
    histories.clear();
  }
}
