package io.freshet.snapshot.storage;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import java.util.List;

/** Files below a snapshot root, named by paths relative to it with {@code /} between the parts. */
public interface Storage {

  /** Names of what lies in a folder; none where there is no such folder. {@code ""} is the root. */
  List<String> list(String folder) throws IOException;

  boolean exists(String path) throws IOException;

  /** Bytes of a file. */
  long size(String path) throws IOException;

  /**
   * Opens a file.
   *
   * @throws FileNotFoundException or {@link NoSuchFileException}, at once, where there is none
   */
  InputStream open(String path) throws IOException;

  /** Opens a file at a byte of it. */
  default InputStream open(String path, long from) throws IOException {
    InputStream in = open(path);
    try {
      in.skipNBytes(from);
      return in;
    } catch (IOException | RuntimeException e) {
      in.close();
      throw e;
    }
  }
}
