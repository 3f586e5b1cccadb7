package io.freshet.snapshot;

import io.freshet.snapshot.Manifest.EmbeddingFile;
import io.freshet.snapshot.Manifest.Kind;
import io.freshet.snapshot.Manifest.TensorShape;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;

/** Rebuilds models from the versions of a store. */
public final class SnapshotReader {
  private final SnapshotStore store;

  public SnapshotReader(SnapshotStore store) {
    this.store = store;
  }

  /**
   * The whole model of a version: its full, then every delta up to the version, oldest first.
   *
   * @throws IOException where the chain is broken or a file is not what it should be; the message
   *     names the version and the file
   */
  public Snapshot load(Version version) throws IOException {
    Deque<Manifest> chain = chain(version);
    int expected = Math.toIntExact(chain.getFirst().rows());
    Snapshot snapshot = new Snapshot(chain.getLast(), expected);
    for (Manifest manifest : chain) {
      for (EmbeddingFile file : manifest.embeddings()) {
        snapshot.apply(readRows(manifest, file));
      }
    }
    readDense(snapshot);
    return snapshot;
  }

  /** Finds every problem of a version and of those it is built on. */
  public Verification verify(Version version) {
    return new Verifier(store).verify(version);
  }

  /** The manifests from the full to the version. */
  private Deque<Manifest> chain(Version version) throws IOException {
    Deque<Manifest> chain = new ArrayDeque<>();
    Set<Version> seen = new HashSet<>();
    Manifest manifest = store.manifest(version);
    chain.addFirst(manifest);
    while (manifest.kind() == Kind.DELTA) {
      if (!seen.add(manifest.version())) {
        throw new IOException("version " + manifest.version() + " is its own ancestor");
      }
      manifest = parent(manifest);
      chain.addFirst(manifest);
    }
    return chain;
  }

  private Manifest parent(Manifest manifest) throws IOException {
    Version parent = manifest.parent().orElseThrow();
    Manifest read;
    try {
      read = store.manifest(parent);
    } catch (IOException e) {
      throw new IOException(
          "version %s needs its parent: %s".formatted(manifest.version(), e.getMessage()), e);
    }
    if (!read.model().equals(manifest.model())) {
      throw new IOException(
          "version %s has the shape %s, and its parent %s %s"
              .formatted(manifest.version(), manifest.model(), parent, read.model()));
    }
    return read;
  }

  private EmbeddingRows readRows(Manifest manifest, EmbeddingFile file) throws IOException {
    String path = SnapshotStore.path(manifest.version(), file.name());
    EmbeddingRows rows = EmbeddingRows.read(store.storage(), path);
    if (rows.width() != 1 + manifest.model().embeddingSize() || rows.size() != file.rows()) {
      throw new IOException(
          "%s in %s has %d rows of %d floats, not %d of %d"
              .formatted(
                  path,
                  store.storage(),
                  rows.size(),
                  rows.width(),
                  file.rows(),
                  1 + manifest.model().embeddingSize()));
    }
    return rows;
  }

  private void readDense(Snapshot snapshot) throws IOException {
    Manifest manifest = snapshot.manifest();
    String path = SnapshotStore.path(manifest.version(), manifest.dense().name());
    SafetensorsFile file = SafetensorsFile.read(store.storage(), path);
    for (TensorShape tensor : manifest.dense().tensors()) {
      float[] values = file.floats(tensor.name(), tensor.shape().size());
      if (!file.shape(tensor.name(), Tensor.Type.F32, tensor.shape().size())
          .equals(tensor.shape())) {
        throw new IOException(
            "%s: tensor \"%s\" has another shape than the manifest's %s"
                .formatted(path, tensor.name(), tensor.shape()));
      }
      snapshot.putDense(tensor.name(), values);
    }
  }
}
