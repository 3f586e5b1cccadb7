package io.freshet.snapshot.maintain;

import io.freshet.snapshot.format.DataFile;
import io.freshet.snapshot.format.Manifest;
import io.freshet.snapshot.format.Version;
import io.freshet.snapshot.storage.LocalStorage;
import io.freshet.snapshot.storage.Storage;
import io.freshet.snapshot.storage.StorageCalls;
import io.freshet.snapshot.store.Digests;
import io.freshet.snapshot.store.SnapshotStore;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Files of some versions on a local disk, checked against their digests.
 *
 * <p>A merge reads many files side by side, each in several places. In a store that is far away
 * every such chunk would be a request; so its files are copied first, several at a time, each read
 * once from its beginning to its end. Those of a local root are read where they are.
 */
final class NearFiles implements AutoCloseable {
  private final Storage storage;
  private final Path copies; // null for a local root

  private NearFiles(Storage storage, Path copies) {
    this.storage = storage;
    this.copies = copies;
  }

  /** The folder for temporary files of this process. */
  static Path temporary() {
    return Path.of(System.getProperty("java.io.tmpdir"));
  }

  /**
   * Brings files of these versions near.
   *
   * @param wanted those of a version
   * @param scratch where copies may lie until {@link #close}
   * @throws IOException where a file is not what its manifest says, or the disk has no room for the
   *     copies
   */
  static NearFiles of(
      Storage storage,
      List<Manifest> versions,
      Function<Manifest, List<? extends DataFile>> wanted,
      Path scratch)
      throws IOException {
    boolean isNear = storage instanceof LocalStorage;
    NearFiles near =
        isNear ? new NearFiles(storage, null) : copies(storage, bytes(versions, wanted), scratch);
    try {
      near.take(storage, versions, wanted);
      return near;
    } catch (IOException | RuntimeException e) {
      near.close();
      throw e;
    }
  }

  private static long bytes(
      List<Manifest> versions, Function<Manifest, List<? extends DataFile>> wanted) {
    return versions.stream()
        .flatMap(manifest -> wanted.apply(manifest).stream())
        .mapToLong(DataFile::size)
        .sum();
  }

  private static NearFiles copies(Storage storage, long bytes, Path scratch) throws IOException {
    long free = Files.getFileStore(scratch).getUsableSpace();
    if (free < bytes) {
      throw new IOException(
          "merging files of %s takes copies of %s bytes; found %s bytes free in %s"
              .formatted(storage, bytes, free, scratch));
    }
    Path copies = Files.createTempDirectory(scratch, "freshet-merge-");
    return new NearFiles(new LocalStorage(copies), copies);
  }

  /** Where nothing is waited for, one after the other: it is the job's processors that work. */
  private void take(
      Storage from, List<Manifest> versions, Function<Manifest, List<? extends DataFile>> wanted)
      throws IOException {
    List<StorageCalls.Call<DataFile>> calls = new ArrayList<>();
    for (Manifest manifest : versions) {
      for (DataFile file : wanted.apply(manifest)) {
        calls.add(() -> take(from, manifest.version(), file));
      }
    }
    if (copies == null) {
      for (StorageCalls.Call<DataFile> call : calls) {
        call.run();
      }
    } else {
      StorageCalls.make(calls);
    }
  }

  private DataFile take(Storage from, Version version, DataFile file) throws IOException {
    try (OutputStream to = copy(SnapshotStore.path(version, file.name()))) {
      Digests.copy(from, version, file, to);
    }
    return file;
  }

  private OutputStream copy(String path) throws IOException {
    if (copies == null) {
      return OutputStream.nullOutputStream();
    }
    Path copy = copies.resolve(path);
    Files.createDirectories(copy.getParent());
    return Files.newOutputStream(copy);
  }

  Storage storage() {
    return storage;
  }

  @Override
  public void close() throws IOException {
    if (copies == null) {
      return;
    }
    List<Path> deepestFirst;
    try (Stream<Path> found = Files.walk(copies)) {
      deepestFirst = found.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path path : deepestFirst) {
      Files.delete(path);
    }
  }
}
