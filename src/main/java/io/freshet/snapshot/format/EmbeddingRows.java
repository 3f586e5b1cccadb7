package io.freshet.snapshot.format;

import io.freshet.snapshot.storage.Storage;
import java.io.IOException;
import java.util.List;

/**
 * The contents of an embedding file: rows of weights by ascending fid, and ids whose rows are gone.
 *
 * @param fids ascending as signed numbers, each once
 * @param updates training occurrences of each so far
 * @param rows the rows, one after the other
 * @param removed tombstones, ascending, none of them among {@code fids}; empty where the file has
 *     no such tensor
 * @param width floats of a row
 */
public record EmbeddingRows(long[] fids, long[] updates, float[] rows, long[] removed, int width) {

  public static EmbeddingRows read(Storage storage, String path) throws IOException {
    return of(SafetensorsFile.read(storage, path), path + " in " + storage);
  }

  public static EmbeddingRows of(SafetensorsFile file, String where) throws IOException {
    long[] fids = file.longs("fids");
    long[] updates = file.longs("updates");
    List<Long> shape = file.shape("rows", Tensor.Type.F32, 2);
    if (updates.length != fids.length || shape.get(0) != fids.length) {
      throw new IOException(
          "%s has %s fids, %s updates and %s rows"
              .formatted(where, fids.length, updates.length, shape.get(0)));
    }
    long width = shape.get(1);
    if (width > Integer.MAX_VALUE) { // of no rows, which take no bytes
      throw new IOException("%s has rows of %s floats".formatted(where, width));
    }
    return new EmbeddingRows(
        fids,
        updates,
        file.floats("rows", 2),
        file.has("removed") ? file.longs("removed") : new long[0],
        (int) width);
  }

  /** Number of rows. */
  public int size() {
    return fids.length;
  }
}
