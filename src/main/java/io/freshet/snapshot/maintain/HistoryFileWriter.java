package io.freshet.snapshot.maintain;

import io.freshet.feature.history.ActionHistory;
import io.freshet.snapshot.format.Manifest.HistoryFile;
import io.freshet.snapshot.format.SafetensorsOutput.Written;
import io.freshet.snapshot.format.Version;
import io.freshet.snapshot.history.HistoryBuffer;
import io.freshet.snapshot.storage.WritableStorage;
import io.freshet.snapshot.store.SnapshotStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Writes ascending histories as files of a limited size, as {@link RowFileWriter} does rows. */
final class HistoryFileWriter {
  private final WritableStorage storage;
  private final Version version;
  private final String prefix;
  private final int bytes;
  private final HistoryBuffer held = new HistoryBuffer();
  private final List<HistoryFile> files = new ArrayList<>();
  private int begun;

  /**
   * @param prefix what the files' names begin with
   * @param bytes memory for the histories of a file
   */
  HistoryFileWriter(WritableStorage storage, Version version, String prefix, int bytes) {
    this.storage = storage;
    this.version = version;
    this.prefix = prefix;
    this.bytes = bytes;
  }

  void add(long id, ActionHistory actions) throws IOException {
    held.putHistory(id, actions);
    if (held.bytes() >= bytes) {
      writeFile();
    }
  }

  /** The files, after the last history; none where there was none. */
  List<HistoryFile> finish() throws IOException {
    if (!held.isEmpty()) {
      writeFile();
    }
    return List.copyOf(files);
  }

  /** Deletes what was written, as nothing will name it. */
  void discard() throws IOException {
    for (int number = 0; number < begun; number++) {
      storage.delete(SnapshotStore.path(version, name(number)));
    }
  }

  private String name(int number) {
    return String.format(Locale.ROOT, "%s-%05d.safetensors", prefix, number);
  }

  private void writeFile() throws IOException {
    String name = name(files.size());
    begun = files.size() + 1;
    Written written = held.write(storage, SnapshotStore.path(version, name));
    files.add(new HistoryFile(name, written.size(), written.sha256(), held.live(), held.actions()));
    held.clear();
  }
}
