package io.freshet.snapshot.storage;

import io.freshet.snapshot.write.PartFile;
import java.io.File;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * A snapshot root in a local folder.
 *
 * <p>Plain Java on purpose: serving reads through it without Flink, and Flink's own local rename
 * unlinks the target first, which leaves a moment without {@code latest.json}. A copy is a hard
 * link where the file system has them: files never change once they are complete. A file, and the
 * name under which it lies, are on the disk before the call that makes it returns: so after a loss
 * of power too, what a manifest or pointer names is there.
 */
public final class LocalStorage implements WritableStorage {
  private final Path root;

  public LocalStorage(Path root) {
    this.root = root.toAbsolutePath().normalize();
  }

  /**
   * The storage of a root written as a path or as a {@code file:} URI, which is taken literally.
   *
   * @throws IllegalArgumentException where the root is not local
   */
  public static LocalStorage at(String root) {
    if (!isLocal(root)) {
      throw new IllegalArgumentException(
          "\"" + root + "\" is not a local folder, as in file:///var/lib/freshet/snapshots");
    }
    return new LocalStorage(Path.of(root.replaceFirst("^file:(//)?", "")));
  }

  static boolean isLocal(String root) {
    return root.startsWith("file:") || !root.contains("://");
  }

  @Override
  public List<String> list(String folder) throws IOException {
    Path path = resolve(folder);
    if (!Files.exists(path)) {
      return List.of();
    }
    if (!Files.isDirectory(path)) {
      throw new NotDirectoryException(path.toString());
    }
    try (Stream<Path> entries = Files.list(path)) {
      return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
    }
  }

  @Override
  public boolean exists(String path) {
    return Files.exists(resolve(path));
  }

  @Override
  public long size(String path) throws IOException {
    return Files.size(resolve(path));
  }

  @Override
  public InputStream open(String path) throws IOException {
    return Files.newInputStream(resolve(path));
  }

  @Override
  public OutputStream create(String path) throws IOException {
    return new Synced(writable(path));
  }

  @Override
  public void copy(String from, String to) throws IOException {
    Path source = resolve(from);
    Path target = writable(to);
    if (Files.exists(target) && Files.isSameFile(source, target)) {
      return;
    }
    put(target, fresh -> linkOrCopy(source, fresh));
  }

  private static void linkOrCopy(Path source, Path target) throws IOException {
    try {
      Files.createLink(target, source);
    } catch (UnsupportedOperationException
        | IOException e) { // each file system says it its own way
      try (InputStream in = Files.newInputStream(source);
          OutputStream out = new Synced(target)) {
        in.transferTo(out);
      }
    }
  }

  @Override
  public void replace(String path, byte[] content) throws IOException {
    put(
        writable(path),
        fresh -> {
          try (OutputStream out = new Synced(fresh)) {
            out.write(content);
          }
        });
  }

  private interface Writing {
    void to(Path fresh) throws IOException;
  }

  /** Puts a file in its place once it is whole; what was there stays if it cannot be written. */
  private void put(Path target, Writing writing) throws IOException {
    Path fresh = writable(PartFile.STAGING + "/" + UUID.randomUUID() + ".tmp");
    try {
      writing.to(fresh);
      Files.move(fresh, target, StandardCopyOption.ATOMIC_MOVE);
      sync(target.getParent());
    } catch (AtomicMoveNotSupportedException e) {
      throw new IOException(target + " cannot be replaced atomically on this file system", e);
    } finally {
      Files.deleteIfExists(fresh);
    }
  }

  @Override
  public void delete(String path) throws IOException {
    Files.deleteIfExists(resolve(path));
  }

  @Override
  public Instant modified(String path) throws IOException {
    return Files.getLastModifiedTime(resolve(path)).toInstant();
  }

  @Override
  public OptionalLong free() throws IOException {
    return Files.exists(root)
        ? OptionalLong.of(Files.getFileStore(root).getUsableSpace())
        : OptionalLong.empty();
  }

  @Override
  public String toString() {
    return root.toString();
  }

  private Path writable(String path) throws IOException {
    Path resolved = resolve(path);
    Path parent = resolved.getParent();
    if (!Files.isDirectory(parent)) {
      Files.createDirectories(parent);
      sync(parent.getParent());
    }
    return resolved;
  }

  /** Puts the names in a folder on the disk. Windows, which opens no folders, does so by itself. */
  private static void sync(Path folder) throws IOException {
    if (File.separatorChar == '/') {
      try (FileChannel names = FileChannel.open(folder, StandardOpenOption.READ)) {
        names.force(true);
      }
    }
  }

  private Path resolve(String path) {
    Path resolved = root.resolve(path).normalize();
    if (!resolved.startsWith(root)) {
      throw new IllegalArgumentException('"' + path + "\" leads out of " + root);
    }
    return resolved;
  }

  /** A file that is on the disk once it is closed. */
  private static final class Synced extends FileOutputStream {
    private final Path folder;
    private boolean closed;

    Synced(Path path) throws IOException {
      super(path.toFile());
      folder = path.getParent();
    }

    @Override
    public void close() throws IOException {
      try {
        if (!closed) {
          closed = true;
          getFD().sync();
          LocalStorage.sync(folder);
        }
      } finally {
        super.close();
      }
    }
  }
}
