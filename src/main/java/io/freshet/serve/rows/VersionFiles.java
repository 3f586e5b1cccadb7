package io.freshet.serve.rows;

import io.freshet.serve.model.RowSink;
import io.freshet.serve.model.ServedModel;
import io.freshet.snapshot.format.DataFile.EmbeddingFile;
import io.freshet.snapshot.format.DataFile.HistoryFile;
import io.freshet.snapshot.format.DensePart;
import io.freshet.snapshot.format.EmbeddingRows;
import io.freshet.snapshot.format.Manifest;
import io.freshet.snapshot.history.HistorySink;
import io.freshet.snapshot.store.SnapshotReader;
import java.io.IOException;
import java.util.List;
import java.util.Set;

/**
 * What a version's files hold, as far as it can be served: errors name what is not as the manifest
 * says, and any number that is none. Rows which the manifest itself names as such are no error on
 * the way to a newer version, which replaces them; only a version without any is served.
 */
final class VersionFiles {
  private VersionFiles() {}

  /** Hands all changes that a version makes to sinks, file by file. */
  static void apply(Manifest manifest, SnapshotReader reader, RowSink to, HistorySink histories)
      throws IOException {
    for (EmbeddingFile file : manifest.embeddings()) {
      EmbeddingRows rows = reader.rows(manifest, file);
      checkRows(rows, manifest);
      for (int i = 0; i < rows.size(); i++) {
        to.put(rows.fids()[i], rows.rows(), i * rows.width());
      }
      for (long fid : rows.removed()) {
        to.remove(fid);
      }
    }
    for (HistoryFile file : manifest.histories()) {
      reader.histories(manifest, file).to(histories);
    }
  }

  /** The dense part and gauge of a version that can be computed here. */
  static DensePart dense(Manifest manifest, SnapshotReader reader) throws IOException {
    ServedModel.check(manifest);
    DensePart dense = reader.dense(manifest);
    checkFinite(dense.vector(), manifest, "the dense part");
    List<Long> nonFinite = manifest.nonFinite();
    if (!nonFinite.isEmpty()) {
      throw new IOException(
          "version %s holds values that are no numbers in %s rows, the first that of %s"
              .formatted(manifest.version(), nonFinite.size(), nonFinite.get(0)));
    }
    return dense;
  }

  /** Checks that a delta has the shape of the version that it is added to. */
  static void checkShape(Manifest delta, Manifest parent) throws IOException {
    if (!delta.model().equals(parent.model())) {
      throw new IOException(
          "version %s has the shape %s, and its parent %s"
              .formatted(delta.version(), delta.model(), parent.model()));
    }
  }

  private static void checkRows(EmbeddingRows rows, Manifest manifest) throws IOException {
    Set<Long> named = Set.copyOf(manifest.nonFinite());
    float[] values = rows.rows();
    for (int i = 0; i < values.length; i++) {
      if (!Float.isFinite(values[i]) && !named.contains(rows.fids()[i / rows.width()])) {
        throw nonFinite(values[i], manifest, "a row");
      }
    }
  }

  private static void checkFinite(float[] values, Manifest manifest, String where)
      throws IOException {
    for (float value : values) {
      if (!Float.isFinite(value)) {
        throw nonFinite(value, manifest, where);
      }
    }
  }

  private static IOException nonFinite(float value, Manifest manifest, String where) {
    return new IOException("version %s holds %s in %s".formatted(manifest.version(), value, where));
  }
}
