package io.freshet.snapshot.maintain;

import io.freshet.snapshot.format.DataFile.EmbeddingFile;
import io.freshet.snapshot.format.SafetensorsOutput;
import io.freshet.snapshot.format.SafetensorsOutput.Written;
import io.freshet.snapshot.format.Tensor;
import io.freshet.snapshot.format.Version;
import io.freshet.snapshot.storage.WritableStorage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Writes ascending rows as embedding files of a limited size, so that memory is limited too: a
 * file's rows are gathered, then written.
 */
final class RowFileWriter {
  private final MergedFiles names;
  private final int width;
  private final long[] fids;
  private final long[] updates;
  private final float[] values;
  private final List<EmbeddingFile> files = new ArrayList<>();
  private int n;

  /**
   * @param prefix what the files' names begin with
   * @param bytes memory for the rows of a file
   */
  RowFileWriter(WritableStorage storage, Version version, String prefix, int width, int bytes) {
    names = new MergedFiles(storage, version, prefix);
    this.width = width;
    int rows = Math.max(1, bytes / (2 * Long.BYTES + width * Float.BYTES));
    fids = new long[rows];
    updates = new long[rows];
    values = new float[Math.multiplyExact(rows, width)];
  }

  void add(long fid, long rowUpdates, float[] row) throws IOException {
    fids[n] = fid;
    updates[n] = rowUpdates;
    System.arraycopy(row, 0, values, n * width, width);
    if (++n == fids.length) {
      writeFile();
    }
  }

  /** The files, after the last row. */
  List<EmbeddingFile> finish() throws IOException {
    if (n > 0 || files.isEmpty()) {
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
    Written written =
        SafetensorsOutput.write(
            names.storage(),
            names.path(name),
            List.of(
                Tensor.longs("fids", n),
                Tensor.longs("updates", n),
                Tensor.floats("rows", n, width)),
            file -> {
              file.write(fids, 0, n);
              file.write(updates, 0, n);
              file.write(values, 0, n * width);
            });
    long sum = Arrays.stream(updates, 0, n).sum();
    files.add(new EmbeddingFile(name, written.size(), written.sha256(), n, sum));
    n = 0;
  }
}
