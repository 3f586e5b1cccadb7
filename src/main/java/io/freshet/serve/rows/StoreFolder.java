package io.freshet.serve.rows;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The folder of a store: one folder a database, and the file {@code current} that names the one
 * that counts; replaced atomically, after that database is whole and before the one before it is
 * deleted. Belongs to one process at a time.
 *
 * <pre>
 * lock      held while a process uses the folder
 * current   rows-00000002
 * rows-00000002/
 * </pre>
 */
class StoreFolder implements AutoCloseable {
  private static final String CURRENT = "current";
  private static final Pattern DATABASE = Pattern.compile("rows-[0-9]{8}");

  private final Path folder;
  private final FileChannel lockFile;

  /**
   * Takes possession of a folder, which is made where there is none.
   *
   * @throws IOException also where another process has it
   */
  StoreFolder(Path folder) throws IOException {
    this.folder = folder;
    Files.createDirectories(folder);
    lockFile =
        FileChannel.open(
            folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    if (!isOurs()) {
      lockFile.close();
      throw new FolderInUseException(folder);
    }
  }

  private boolean isOurs() throws IOException {
    try {
      FileLock lock = lockFile.tryLock();
      return lock != null;
    } catch (OverlappingFileLockException e) {
      return false;
    }
  }

  /** The folder of the database that counts, if there is one. */
  Optional<Path> current() throws IOException {
    Path file = folder.resolve(CURRENT);
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    String name = Files.readString(file).strip();
    return Optional.of(name)
        .filter(n -> DATABASE.matcher(n).matches())
        .map(folder::resolve)
        .filter(Files::isDirectory);
  }

  /**
   * Checks that the disk has room, before it is filled in vain.
   *
   * @throws NoRoomException with both numbers where it has not
   */
  void checkSpace(long bytes) throws IOException {
    long free = Files.getFileStore(folder).getUsableSpace();
    if (free < bytes) {
      throw new NoRoomException(
          "the disk of the store %s has %s MiB free, and the version needs %s MiB"
              .formatted(folder, free >> 20, bytes >> 20));
    }
  }

  /** A folder for a new database, not there yet. */
  Path next() throws IOException {
    long last =
        databases().stream()
            .map(path -> path.getFileName().toString())
            .mapToLong(name -> Long.parseLong(name.substring(name.indexOf('-') + 1)))
            .max()
            .orElse(0);
    return folder.resolve(String.format(Locale.ROOT, "rows-%08d", last + 1));
  }

  /** Makes a database the one that counts. */
  void use(Path database) throws IOException {
    Path fresh = folder.resolve(CURRENT + ".tmp");
    byte[] name = (database.getFileName() + "\n").getBytes(UTF_8);
    Files.write(
        fresh,
        name,
        StandardOpenOption.CREATE,
        StandardOpenOption.TRUNCATE_EXISTING,
        StandardOpenOption.WRITE,
        StandardOpenOption.SYNC);
    Files.move(fresh, folder.resolve(CURRENT), StandardCopyOption.ATOMIC_MOVE);
    try (FileChannel directory = FileChannel.open(folder)) {
      directory.force(true);
    }
  }

  /** Deletes a database. */
  void delete(Path database) throws IOException {
    if (!Files.exists(database)) {
      return;
    }
    try (Stream<Path> files = Files.walk(database)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }

  /** The folders of databases, whole or not. */
  List<Path> databases() throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.filter(e -> DATABASE.matcher(e.getFileName().toString()).matches()).toList();
    }
  }

  @Override
  public String toString() {
    return folder.toString();
  }

  @Override
  public void close() throws IOException {
    lockFile.close();
  }
}
