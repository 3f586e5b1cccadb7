package io.freshet.snapshot.storage;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.util.OptionalLong;

/**
 * A {@link Storage} that snapshots are written to. Missing folders are made on the way.
 *
 * <p>Every method may be repeated after a failure, whatever the failed call left behind.
 */
public interface WritableStorage extends Storage {

  /** Opens a file in place of any that is there; it is complete and durable once closed. */
  OutputStream create(String path) throws IOException;

  /** Makes {@code to} hold what {@code from} holds, in place of any file that is there. */
  void copy(String from, String to) throws IOException;

  /**
   * Makes {@code to} hold what {@code from} holds, which is gone then. One that fails in the middle
   * leaves both, or the old one.
   */
  default void move(String from, String to) throws IOException {
    copy(from, to);
    delete(from);
  }

  /** Writes a small file so that a reader sees the old content or the new, never a part. */
  void replace(String path, byte[] content) throws IOException;

  /** Deletes a file; nothing happens where there is none. */
  void delete(String path) throws IOException;

  /** When a file was last written. */
  Instant modified(String path) throws IOException;

  /** Bytes that can still be written, where that is known. */
  default OptionalLong free() throws IOException {
    return OptionalLong.empty();
  }
}
