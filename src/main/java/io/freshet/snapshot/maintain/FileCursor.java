package io.freshet.snapshot.maintain;

import io.freshet.snapshot.format.Manifest.EmbeddingFile;
import io.freshet.snapshot.format.SafetensorsHeader;
import io.freshet.snapshot.format.SafetensorsHeader.Entry;
import io.freshet.snapshot.format.Tensor;
import io.freshet.snapshot.format.TensorCursor;
import io.freshet.snapshot.format.Version;
import io.freshet.snapshot.storage.Storage;
import io.freshet.snapshot.store.SnapshotStore;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The rows and removals of one embedding file, read in chunks. */
final class FileCursor implements RowCursor {
  private final String where;
  private final TensorCursor fids;
  private final TensorCursor updates;
  private final TensorCursor rows;
  private final TensorCursor removed;
  private final float[] row;

  private long nextRow;
  private long nextRemoved;
  private boolean hasRow;
  private boolean hasRemoved;
  private boolean started;
  private long fid;
  private boolean isRemoved;
  private long rowUpdates;

  /**
   * @param width floats of a row
   * @param bytes memory for the chunks
   */
  FileCursor(Storage storage, Version version, int width, EmbeddingFile file, int bytes)
      throws IOException {
    String path = SnapshotStore.path(version, file.name());
    where = path + " in " + storage;
    row = new float[width];
    Map<String, Entry> tensors = tensors(storage, path, file.size());
    int chunk = Math.max(1, bytes / bytesPerRow(width));
    fids = longs(storage, path, tensors.get("fids"), chunk);
    updates = longs(storage, path, tensors.get("updates"), chunk);
    removed =
        tensors.containsKey("removed")
            ? longs(storage, path, tensors.get("removed"), chunk)
            : new TensorCursor(storage, path, 0, 0, Long.BYTES, 0);
    for (String vector : List.of("fids", "updates")) {
      long elements = tensors.get(vector).tensor().elements();
      if (elements != file.rows()) {
        throw new IOException(
            "%s has %s %s, the manifest says %s rows"
                .formatted(where, elements, vector, file.rows()));
      }
    }
    Tensor shape = Tensor.floats("rows", file.rows(), width);
    Entry matrix = tensors.get("rows");
    if (matrix == null || !matrix.tensor().equals(shape)) {
      throw new IOException("%s has no rows of the shape %s".formatted(where, shape.shape()));
    }
    rows = new TensorCursor(storage, path, matrix.begin(), file.rows(), width * Float.BYTES, chunk);
  }

  /** Memory that a row needs while it is in a chunk: its fid, its updates, itself, a removal. */
  static int bytesPerRow(int width) {
    return 3 * Long.BYTES + width * Float.BYTES;
  }

  private Map<String, Entry> tensors(Storage storage, String path, long size) throws IOException {
    try (InputStream in = storage.open(path)) {
      return SafetensorsHeader.read(in, size).stream()
          .collect(Collectors.toMap(entry -> entry.tensor().name(), entry -> entry));
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw new IOException(where + ": " + e.getMessage(), e);
    }
  }

  private TensorCursor longs(Storage storage, String path, Entry entry, int chunk)
      throws IOException {
    if (entry == null
        || entry.tensor().type() != Tensor.Type.I64
        || entry.tensor().shape().size() != 1) {
      throw new IOException(where + " lacks a vector of ids or updates");
    }
    return new TensorCursor(
        storage, path, entry.begin(), entry.tensor().elements(), Long.BYTES, chunk);
  }

  @Override
  public boolean next() throws IOException {
    if (!started) {
      started = true;
      advanceRow();
      advanceRemoved();
    }
    if (!hasRow && !hasRemoved) {
      return false;
    }
    isRemoved = !hasRow || hasRemoved && nextRemoved < nextRow;
    fid = isRemoved ? nextRemoved : nextRow;
    if (isRemoved) {
      advanceRemoved();
    } else {
      rowUpdates = updates.nextLong();
      rows.nextFloats(row);
      advanceRow();
    }
    return true;
  }

  private void advanceRow() throws IOException {
    hasRow = fids.hasNext();
    if (hasRow) {
      nextRow = fids.nextLong();
    }
  }

  private void advanceRemoved() throws IOException {
    hasRemoved = removed.hasNext();
    if (hasRemoved) {
      nextRemoved = removed.nextLong();
    }
  }

  @Override
  public long fid() {
    return fid;
  }

  @Override
  public boolean isRemoved() {
    return isRemoved;
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
    return where;
  }
}
