package io.freshet.snapshot.store;

import io.freshet.snapshot.format.DataFile.DenseFile;
import io.freshet.snapshot.format.DataFile.EmbeddingFile;
import io.freshet.snapshot.format.DataFile.HistoryFile;
import io.freshet.snapshot.format.DensePart;
import io.freshet.snapshot.format.EmbeddingRows;
import io.freshet.snapshot.format.Manifest;
import io.freshet.snapshot.format.Manifest.Kind;
import io.freshet.snapshot.format.SafetensorsFile;
import io.freshet.snapshot.format.Version;
import io.freshet.snapshot.history.HistoryRows;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
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
    List<Manifest> chain = chain(version, Optional.empty());
    Manifest newest = chain.get(chain.size() - 1);
    Snapshot snapshot =
        new Snapshot(newest, Math.toIntExact(capacity(chain.get(0))), dense(newest));
    for (Manifest manifest : chain) {
      for (EmbeddingFile file : manifest.embeddings()) {
        snapshot.apply(rows(manifest, file));
      }
    }
    return snapshot;
  }

  /**
   * Rows that memory may be taken for: as many as the manifest says, where its files are so large.
   */
  public long capacity(Manifest manifest) throws IOException {
    long rows = 0;
    for (EmbeddingFile file : manifest.embeddings()) {
      long bytes = store.storage().size(SnapshotStore.path(manifest.version(), file.name()));
      rows += Math.min(file.rows(), bytes / ((long) Float.BYTES * manifest.rowWidth()));
    }
    return rows;
  }

  /** Finds every problem of a version and of those it is built on. */
  public Verification verify(Version version) {
    return new Verifier(store).verify(version);
  }

  /**
   * The versions to apply for a version, oldest first: the deltas after the held version where that
   * is the shorter way, otherwise the nearest full and the deltas after it.
   *
   * <p>A version that was merged is a full as well as a delta. So the way back may go on past a
   * full, for as long as fewer rows have been met than the full has; and it may end at one whose
   * parents are gone.
   *
   * @param held a version that the caller holds already
   */
  public List<Manifest> chain(Version version, Optional<Version> held) throws IOException {
    Deque<Manifest> deltas = new ArrayDeque<>();
    List<Manifest> fromFull = List.of();
    long rows = 0;
    Set<Version> seen = new HashSet<>();
    Manifest manifest = store.manifest(version);
    while (true) {
      if (fromFull.isEmpty()) {
        fromFull = fromFull(manifest, deltas);
      }
      boolean isShorter = !fromFull.isEmpty() && (held.isEmpty() || rows > fromFull.get(0).rows());
      if (manifest.kind() == Kind.FULL || isShorter) {
        return fromFull;
      }
      deltas.addFirst(manifest);
      if (manifest.parent().equals(held)) {
        return List.copyOf(deltas);
      }
      if (!seen.add(manifest.version())) {
        throw new IOException("version " + manifest.version() + " is its own ancestor");
      }
      if (!fromFull.isEmpty() && !store.contains(manifest.parent().orElseThrow())) {
        return fromFull;
      }
      rows += manifest.rows();
      manifest = parent(manifest);
    }
  }

  private List<Manifest> fromFull(Manifest manifest, Deque<Manifest> deltas) throws IOException {
    Optional<Manifest> full =
        manifest.kind() == Kind.FULL ? Optional.of(manifest) : store.merged(manifest.version());
    List<Manifest> chain = new ArrayList<>();
    full.ifPresent(chain::add);
    chain.addAll(full.isPresent() ? deltas : List.of());
    return List.copyOf(chain);
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

  /**
   * The rows of one of a version's files.
   *
   * @throws IOException where the file is not what the manifest says, to the last bit
   */
  public EmbeddingRows rows(Manifest manifest, EmbeddingFile file) throws IOException {
    String path = SnapshotStore.path(manifest.version(), file.name());
    String where = path + " in " + store.storage();
    EmbeddingRows rows =
        EmbeddingRows.of(
            SafetensorsFile.read(store.storage(), path, file.size(), file.sha256()), where);
    if (rows.width() != manifest.rowWidth() || rows.size() != file.rows()) {
      throw new IOException(
          "%s has %s rows of %s floats, not %s of %s"
              .formatted(where, rows.size(), rows.width(), file.rows(), manifest.rowWidth()));
    }
    return rows;
  }

  /**
   * The histories of one of a version's files.
   *
   * @throws IOException where the file is not what the manifest says, to the last bit
   */
  public HistoryRows histories(Manifest manifest, HistoryFile file) throws IOException {
    String path = SnapshotStore.path(manifest.version(), file.name());
    return HistoryRows.of(
        SafetensorsFile.read(store.storage(), path, file.size(), file.sha256()),
        path + " in " + store.storage());
  }

  /**
   * The dense part of a version, and its gauge.
   *
   * @throws IOException where the file is not what the manifest says, to the last bit
   */
  public DensePart dense(Manifest manifest) throws IOException {
    DenseFile dense = manifest.dense();
    String path = SnapshotStore.path(manifest.version(), dense.name());
    return DensePart.of(
        SafetensorsFile.read(store.storage(), path, dense.size(), dense.sha256()),
        dense.tensors(),
        manifest.schema());
  }
}
