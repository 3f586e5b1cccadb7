package io.freshet.snapshot.store;

import io.freshet.snapshot.format.EmbeddingRows;
import io.freshet.snapshot.format.Manifest;
import io.freshet.snapshot.format.Manifest.EmbeddingFile;
import io.freshet.snapshot.format.Version;
import io.freshet.snapshot.storage.StorageCalls;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * All rows of a version, file by file: of a feature that several hold, the last row or removal
 * counts. Files are read several at a time, as one of a far store is mostly waited for, and so many
 * as have {@link #AT_ONCE_BYTES} together, or a single one.
 */
public final class ChainRows {
  private static final long AT_ONCE_BYTES = 32 << 20;

  private ChainRows() {}

  /** Takes the rows of a file. */
  public interface Visitor {
    void take(EmbeddingRows rows) throws Exception;
  }

  /**
   * Reads every file of a version and of those it is built on, once.
   *
   * @throws IOException where the chain is broken or a file is not what its manifest says
   */
  public static void read(SnapshotReader reader, Version version, Visitor to) throws Exception {
    List<StorageCalls.Call<EmbeddingRows>> next = new ArrayList<>();
    long bytes = 0;
    for (Manifest manifest : reader.chain(version, Optional.empty())) {
      for (EmbeddingFile file : manifest.embeddings()) {
        if (bytes + file.size() > AT_ONCE_BYTES && !next.isEmpty()) {
          take(next, to);
          bytes = 0;
        }
        next.add(() -> reader.rows(manifest, file));
        bytes += file.size();
      }
    }
    take(next, to);
  }

  private static void take(List<StorageCalls.Call<EmbeddingRows>> files, Visitor to)
      throws Exception {
    for (EmbeddingRows rows : StorageCalls.make(files)) {
      to.take(rows);
    }
    files.clear();
  }
}
