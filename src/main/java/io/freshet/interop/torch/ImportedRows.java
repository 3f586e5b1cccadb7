package io.freshet.interop.torch;

import io.freshet.model.row.RowBlock;
import io.freshet.snapshot.format.DataFile.EmbeddingFile;
import io.freshet.snapshot.format.RowBuffer;
import io.freshet.snapshot.format.SafetensorsOutput.Written;
import io.freshet.snapshot.format.Version;
import io.freshet.snapshot.storage.WritableStorage;
import io.freshet.snapshot.store.SnapshotStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Writes the embedding files of a version, as many rows in memory at a time as a file has. */
final class ImportedRows implements ImportedTable.Rows {
  private static final int ROWS_OF_A_FILE = 1 << 20;

  private final WritableStorage root;
  private final Version version;
  private final RowBuffer rows;
  private final long count; // of files
  private final List<EmbeddingFile> files = new ArrayList<>();

  /**
   * @param total rows that will come
   */
  ImportedRows(WritableStorage root, Version version, int width, long total) {
    this.root = root;
    this.version = version;
    rows = new RowBuffer(width);
    count = Math.max(1, total / ROWS_OF_A_FILE);
  }

  @Override
  public void take(RowBlock block) throws IOException {
    rows.add(block);
    if (rows.size() >= ROWS_OF_A_FILE && files.size() < count - 1) {
      write();
    }
  }

  List<EmbeddingFile> finish() throws IOException {
    write();
    if (files.size() != count) {
      throw new IllegalStateException(files.size() + " files were written, not " + count);
    }
    return files;
  }

  private void write() throws IOException {
    String name =
        String.format(Locale.ROOT, "embeddings-%05d-of-%05d.safetensors", files.size(), count);
    Written written = rows.write(root, SnapshotStore.path(version, name));
    files.add(
        new EmbeddingFile(
            name, written.size(), written.sha256(), rows.live(), rows.totalUpdates()));
    rows.clear();
  }
}
