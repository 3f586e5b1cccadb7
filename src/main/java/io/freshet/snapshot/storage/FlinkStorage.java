package io.freshet.snapshot.storage;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PushbackInputStream;
import java.nio.file.NotDirectoryException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.core.fs.FSDataInputStream;
import org.apache.flink.core.fs.FileStatus;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.Path;
import org.apache.flink.core.fs.UnsupportedFileSystemSchemeException;

/**
 * A snapshot root on any of Flink's file systems: S3, GCS, HDFS by the scheme of its URI.
 *
 * <p>Made for object stores, where a file appears whole when its stream is closed, so that a plain
 * put replaces atomically. On HDFS a reader may meet {@code latest.json} empty for a moment and has
 * to try again.
 */
public final class FlinkStorage implements WritableStorage {
  private static final int COPY_BYTES = 1 << 16;

  private final FileSystem files;
  private final Path root;

  private FlinkStorage(FileSystem files, Path root) {
    this.files = files;
    this.root = root;
  }

  /**
   * The storage of a root: {@link LocalStorage} for a local one.
   *
   * @throws IOException where no file system is installed for the scheme
   */
  public static WritableStorage at(String root) throws IOException {
    return LocalStorage.isLocal(root) ? LocalStorage.at(root) : through(root);
  }

  /** The storage of a root through Flink's file system, whatever the scheme. */
  static FlinkStorage through(String root) throws IOException {
    Path path = new Path(root);
    try {
      // unguarded: the I/O thread outlives no task, and closes what it opens
      return new FlinkStorage(FileSystem.getUnguardedFileSystem(path.toUri()), path);
    } catch (UnsupportedFileSystemSchemeException e) {
      throw new UnsupportedFileSystemSchemeException(
          "nothing here reads %s; put the plugin of its file system into a folder of its own below plugins/, or below FLINK_PLUGINS_DIR"
              .formatted(root),
          e);
    }
  }

  @Override
  public List<String> list(String folder) throws IOException {
    List<String> names = new ArrayList<>();
    for (FileStatus status : asked(() -> statuses(resolve(folder)))) {
      names.add(status.getPath().getName());
    }
    names.sort(null);
    return names;
  }

  private FileStatus[] statuses(Path folder) throws IOException {
    FileStatus[] found;
    try {
      found = files.listStatus(folder);
    } catch (FileNotFoundException e) {
      return new FileStatus[0]; // what some file systems say of a folder that is not there
    }
    if (found == null) {
      return new FileStatus[0];
    }
    if (found.length == 1 && found[0].getPath().getPath().equals(folder.getPath())) {
      throw new NotDirectoryException(folder.toString()); // a file is listed as itself
    }
    return found;
  }

  @Override
  public boolean exists(String path) throws IOException {
    return asked(() -> files.exists(resolve(path)));
  }

  @Override
  public long size(String path) throws IOException {
    return status(path).getLen();
  }

  @Override
  public InputStream open(String path) throws IOException {
    return open(path, 0);
  }

  /** Reads a byte at once: S3's opens whatever it is asked for, and fails at the first read. */
  @Override
  public InputStream open(String path, long from) throws IOException {
    FSDataInputStream in = asked(() -> files.open(resolve(path)));
    try {
      in.seek(from);
      PushbackInputStream begun = new PushbackInputStream(in);
      int first = asked(begun::read);
      if (first >= 0) {
        begun.unread(first);
      }
      return begun;
    } catch (IOException | RuntimeException e) {
      in.close();
      status(path); // says it where there is none
      throw e;
    }
  }

  @Override
  public OutputStream create(String path) throws IOException {
    return asked(() -> files.create(resolve(path), FileSystem.WriteMode.OVERWRITE));
  }

  @Override
  public void copy(String from, String to) throws IOException {
    try (InputStream in = open(from);
        OutputStream out = create(to)) {
      byte[] buffer = new byte[COPY_BYTES];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        out.write(buffer, 0, n);
      }
    }
  }

  /**
   * Renames, which stores do without sending the bytes here: S3 copies on its side, and deletes.
   */
  @Override
  public void move(String from, String to) throws IOException {
    Path target = resolve(to);
    asked(() -> files.mkdirs(target.getParent()));
    if (!rename(from, target)) {
      status(from); // or it may be there already
      delete(to); // which many do not rename over
      if (!rename(from, target)) {
        throw new IOException("%s cannot be moved to %s".formatted(resolve(from), target));
      }
    }
  }

  private boolean rename(String from, Path to) throws IOException {
    return asked(() -> files.rename(resolve(from), to));
  }

  @Override
  public void replace(String path, byte[] content) throws IOException {
    try (OutputStream out = create(path)) {
      out.write(content);
    }
  }

  @Override
  public void delete(String path) throws IOException {
    if (exists(path)) {
      asked(() -> files.delete(resolve(path), false));
    }
  }

  @Override
  public Instant modified(String path) throws IOException {
    return Instant.ofEpochMilli(status(path).getModificationTime());
  }

  private FileStatus status(String path) throws IOException {
    return asked(() -> files.getFileStatus(resolve(path)));
  }

  private interface Question<T> {
    T ask() throws IOException;
  }

  /** Some file systems say with an unchecked exception that their store does not answer. */
  private <T> T asked(Question<T> question) throws IOException {
    try {
      return question.ask();
    } catch (RuntimeException e) {
      throw new IOException(root + ": " + e.getMessage(), e);
    }
  }

  @Override
  public String toString() {
    return root.toString();
  }

  private Path resolve(String path) {
    return path.isEmpty() ? root : new Path(root, path);
  }
}
