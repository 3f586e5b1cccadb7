package io.freshet.snapshot.merge;

import io.freshet.snapshot.format.DataFile.EmbeddingFile;
import io.freshet.snapshot.format.TensorCursor;
import io.freshet.snapshot.format.Version;
import io.freshet.snapshot.storage.Storage;
import java.io.IOException;

/** The rows and removals of one embedding file, read in chunks. */
final class FileCursor implements RowCursor {
  private final FileTensors file;
  private final IdCursor ids;
  private final TensorCursor updates;
  private final TensorCursor rows;
  private final float[] row;
  private long rowUpdates;

  /**
   * @param width floats of a row
   * @param bytes memory for the chunks
   */
  FileCursor(Storage storage, Version version, int width, EmbeddingFile file, int bytes)
      throws IOException {
    this.file = new FileTensors(storage, version, file, Math.max(1, bytes / bytesPerRow(width)));
    row = new float[width];
    ids = new IdCursor(this.file.longs("fids", file.rows()), this.file.longs("removed"));
    updates = this.file.longs("updates", file.rows());
    rows = this.file.rows("rows", file.rows(), width);
  }

  /** Memory that a row needs while it is in a chunk: its fid, its updates, itself, a removal. */
  static int bytesPerRow(int width) {
    return 3 * Long.BYTES + width * Float.BYTES;
  }

  @Override
  public boolean next() throws IOException {
    boolean hasNext = ids.next();
    if (hasNext && !ids.isRemoved()) {
      rowUpdates = updates.nextLong();
      rows.nextFloats(row);
    }
    return hasNext;
  }

  @Override
  public long fid() {
    return ids.id();
  }

  @Override
  public boolean isRemoved() {
    return ids.isRemoved();
  }

  @Override
  public long updates() {
    return rowUpdates;
  }

  @Override
  public float[] row() {
    return row;
  }

  @Override
  public String toString() {
    return file.toString();
  }
}
