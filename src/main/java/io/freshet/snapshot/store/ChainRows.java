package io.freshet.snapshot.store;

import io.freshet.snapshot.format.DataFile.EmbeddingFile;
import io.freshet.snapshot.format.EmbeddingRows;
import io.freshet.snapshot.format.Manifest;
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

  /** A file, and how it is read. */
  public record Part(long bytes, StorageCalls.Call<EmbeddingRows> rows) {}

  /** Takes the rows of a file. */
  public interface Visitor<E extends Exception> {
    void take(EmbeddingRows rows) throws E;
  }

  /**
   * Reads every file of a version and of those it is built on, once.
   *
   * @throws IOException where the chain is broken or a file is not what its manifest says
   */
  public static <E extends Exception> void read(
      SnapshotReader reader, Version version, Visitor<E> to) throws IOException, E {
    List<Part> parts = new ArrayList<>();
    for (Manifest manifest : reader.chain(version, Optional.empty())) {
      for (EmbeddingFile file : manifest.embeddings()) {
        parts.add(new Part(file.size(), () -> reader.rows(manifest, file)));
      }
    }
    read(parts, to);
  }

  /** Reads files of rows in their order. */
  public static <E extends Exception> void read(List<Part> parts, Visitor<E> to)
      throws IOException, E {
    List<StorageCalls.Call<EmbeddingRows>> next = new ArrayList<>();
    long bytes = 0;
    for (Part part : parts) {
      if (bytes + part.bytes() > AT_ONCE_BYTES && !next.isEmpty()) {
        take(next, to);
        bytes = 0;
      }
      next.add(part.rows());
      bytes += part.bytes();
    }
    take(next, to);
  }

  private static <E extends Exception> void take(
      List<StorageCalls.Call<EmbeddingRows>> files, Visitor<E> to) throws IOException, E {
    for (EmbeddingRows rows : StorageCalls.make(files)) {
      to.take(rows);
    }
    files.clear();
  }
}
