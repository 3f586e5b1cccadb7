package io.freshet.snapshot.merge;

import io.freshet.snapshot.format.DataFile.EmbeddingFile;
import io.freshet.snapshot.format.Manifest;
import io.freshet.snapshot.storage.Storage;
import java.io.IOException;
import java.util.Iterator;

/** The rows of several files whose ids ascend from each to the next, as one. */
final class RunCursor implements RowCursor {
  private final Storage storage;
  private final Manifest manifest;
  private final Iterator<EmbeddingFile> files;
  private final int bytes;
  private FileCursor current;

  /**
   * @param bytes memory for the chunks of a file
   */
  RunCursor(Storage storage, Manifest manifest, int bytes) {
    this.storage = storage;
    this.manifest = manifest;
    this.bytes = bytes;
    files = manifest.embeddings().iterator();
  }

  @Override
  public boolean next() throws IOException {
    while (current == null || !current.next()) {
      if (!files.hasNext()) {
        return false;
      }
      current = null; // its memory goes before the next one's comes
      current =
          new FileCursor(storage, manifest.version(), manifest.rowWidth(), files.next(), bytes);
    }
    return true;
  }

  @Override
  public long fid() {
    return current.fid();
  }

  @Override
  public boolean isRemoved() {
    return current.isRemoved();
  }

  @Override
  public long updates() {
    return current.updates();
  }

  @Override
  public float[] row() {
    return current.row();
  }

  @Override
  public String toString() {
    return "version " + manifest.version();
  }
}
