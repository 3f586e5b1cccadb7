package io.freshet.serve;

import io.freshet.snapshot.EmbeddingRows;
import io.freshet.snapshot.Manifest;
import io.freshet.snapshot.Manifest.EmbeddingFile;
import io.freshet.snapshot.SnapshotReader;
import java.io.IOException;

/** What a version's files hold; errors name what is not as the manifest says. */
final class VersionFiles {
  private VersionFiles() {}

  /** Hands all changes that a version makes to the rows to a sink, file by file. */
  static void apply(Manifest manifest, SnapshotReader reader, RowSink to) throws IOException {
    for (EmbeddingFile file : manifest.embeddings()) {
      EmbeddingRows rows = reader.rows(manifest, file);
      for (int i = 0; i < rows.size(); i++) {
        to.put(rows.fids()[i], rows.rows(), i * rows.width());
      }
      for (long fid : rows.removed()) {
        to.remove(fid);
      }
    }
  }

  /** The deep part of a version that can be computed here. */
  static float[] dense(Manifest manifest, SnapshotReader reader) throws IOException {
    ServedModel.check(manifest);
    return reader.dense(manifest);
  }

  /** Checks that the deep part of a version is in order. */
  static void checkFinite(float[] dense, Manifest manifest) throws IOException {
    if (!FiniteRows.isFinite(dense, 0, dense.length)) {
      throw new IOException(
          "version %s holds a number that is none in its deep part".formatted(manifest.version()));
    }
  }

  /** Checks that a delta has the shape of the version that it is added to. */
  static void checkShape(Manifest delta, Manifest parent) throws IOException {
    if (!delta.model().equals(parent.model())) {
      throw new IOException(
          "version %s has the shape %s, and its parent %s"
              .formatted(delta.version(), delta.model(), parent.model()));
    }
  }
}
