package io.freshet.snapshot;

import java.io.IOException;
import java.util.List;

/**
 * The contents of an embedding file: finished rows by ascending fid, and ids whose rows are gone.
 *
 * @param fids ascending as signed numbers, each once
 * @param updates training occurrences of each so far
 * @param rows the rows, one after the other
 * @param removed tombstones, ascending, none of them among {@code fids}; empty where the file has
 *     no such tensor
 * @param width floats of a row
 */
record EmbeddingRows(long[] fids, long[] updates, float[] rows, long[] removed, int width) {

  static EmbeddingRows read(Storage storage, String path) throws IOException {
    SafetensorsFile file = SafetensorsFile.read(storage, path);
    long[] fids = file.longs("fids");
    long[] updates = file.longs("updates");
    List<Long> shape = file.shape("rows", Tensor.Type.F32, 2);
    if (updates.length != fids.length || shape.get(0) != fids.length) {
      throw new IOException(
          "%s in %s has %d fids, %d updates and %d rows"
              .formatted(path, storage, fids.length, updates.length, shape.get(0)));
    }
    return new EmbeddingRows(
        fids,
        updates,
        file.floats("rows", 2),
        file.has("removed") ? file.longs("removed") : new long[0],
        Math.toIntExact(shape.get(1)));
  }

  int size() {
    return fids.length;
  }
}
