package io.freshet.snapshot.maintain;

import io.freshet.feature.history.ActionHistory;
import io.freshet.snapshot.format.DataFile.HistoryFile;
import io.freshet.snapshot.format.SafetensorsOutput.Written;
import io.freshet.snapshot.format.Version;
import io.freshet.snapshot.history.HistoryBuffer;
import io.freshet.snapshot.storage.WritableStorage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Writes ascending histories as files of a limited size, as {@link RowFileWriter} does rows. */
final class HistoryFileWriter {
  private final MergedFiles names;
  private final int bytes;
  private final HistoryBuffer held = new HistoryBuffer();
  private final List<HistoryFile> files = new ArrayList<>();

  /**
   * @param prefix what the files' names begin with
   * @param bytes memory for the histories of a file
   */
  HistoryFileWriter(WritableStorage storage, Version version, String prefix, int bytes) {
    names = new MergedFiles(storage, version, prefix);
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
    names.discard();
  }

  private void writeFile() throws IOException {
    String name = names.next();
    Written written = held.write(names.storage(), names.path(name));
    files.add(new HistoryFile(name, written.size(), written.sha256(), held.live(), held.actions()));
    held.clear();
  }
}
