package io.freshet.snapshot.merge;

import io.freshet.snapshot.format.DataFile;
import io.freshet.snapshot.format.SafetensorsHeader;
import io.freshet.snapshot.format.SafetensorsHeader.Entry;
import io.freshet.snapshot.format.Tensor;
import io.freshet.snapshot.format.TensorCursor;
import io.freshet.snapshot.format.Version;
import io.freshet.snapshot.storage.Storage;
import io.freshet.snapshot.store.SnapshotStore;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.stream.Collectors;

/** The tensors of a file of a version, each to be read as a stream of its own. */
final class FileTensors {
  private final Storage storage;
  private final String path;
  private final int chunk;
  private final Map<String, Entry> tensors;

  /**
   * @param chunk elements that are read at once
   */
  FileTensors(Storage storage, Version version, DataFile file, int chunk) throws IOException {
    this.storage = storage;
    this.chunk = chunk;
    path = SnapshotStore.path(version, file.name());
    try (InputStream in = storage.open(path)) {
      tensors =
          SafetensorsHeader.read(in, file.size()).stream()
              .collect(Collectors.toMap(entry -> entry.tensor().name(), entry -> entry));
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw new IOException(this + ": " + e.getMessage(), e);
    }
  }

  /** A vector of so many integers. */
  TensorCursor longs(String name, long elements) throws IOException {
    return cursor(Tensor.longs(name, elements), elements, Long.BYTES);
  }

  /** A matrix of so many rows of floats. */
  TensorCursor rows(String name, long rows, int width) throws IOException {
    return cursor(Tensor.floats(name, rows, width), rows, width * Float.BYTES);
  }

  private TensorCursor cursor(Tensor expected, long elements, int bytes) throws IOException {
    Entry entry = tensors.get(expected.name());
    if (entry == null || !entry.tensor().equals(expected)) {
      throw new IOException(
          "%s has no %s of the shape %s".formatted(this, expected.name(), expected.shape()));
    }
    return new TensorCursor(storage, path, entry.begin(), elements, bytes, chunk);
  }

  /** A vector of integers of any length; one without elements where the file has none. */
  TensorCursor longs(String name) throws IOException {
    return tensors.containsKey(name)
        ? longs(name, tensors.get(name).tensor().elements())
        : new TensorCursor(storage, path, 0, 0, Long.BYTES, 0);
  }

  @Override
  public String toString() {
    return path + " in " + storage;
  }
}
