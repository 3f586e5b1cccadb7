package io.freshet.snapshot.storage;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.time.Instant;
import java.util.List;

/** A local storage that the test makes sick, for all that use it, and heals again. */
public final class SickStorage implements WritableStorage {
  public enum Sickness {
    NONE,
    /** Writing fails as on a full disk: by the system's own device for it. */
    FULL,
    /** Nothing is there. */
    AWAY,
    /** No call returns. */
    HANGING
  }

  public static volatile Sickness sickness = Sickness.NONE;

  private final LocalStorage storage;

  private SickStorage(LocalStorage storage) {
    this.storage = storage;
  }

  public static WritableStorage at(String root) {
    return new SickStorage(LocalStorage.at(root));
  }

  @Override
  public List<String> list(String folder) throws IOException {
    suffer();
    return storage.list(folder);
  }

  @Override
  public boolean exists(String path) throws IOException {
    suffer();
    return storage.exists(path);
  }

  @Override
  public long size(String path) throws IOException {
    suffer();
    return storage.size(path);
  }

  @Override
  public InputStream open(String path) throws IOException {
    suffer();
    return storage.open(path);
  }

  @Override
  public Instant modified(String path) throws IOException {
    suffer();
    return storage.modified(path);
  }

  @Override
  public OutputStream create(String path) throws IOException {
    suffer();
    return sickness == Sickness.FULL ? new FileOutputStream("/dev/full") : storage.create(path);
  }

  @Override
  public void copy(String from, String to) throws IOException {
    suffer();
    failIfFull();
    storage.copy(from, to);
  }

  @Override
  public void replace(String path, byte[] content) throws IOException {
    suffer();
    failIfFull();
    storage.replace(path, content);
  }

  @Override
  public void delete(String path) throws IOException {
    suffer();
    storage.delete(path);
  }

  private static void failIfFull() throws IOException {
    if (sickness == Sickness.FULL) {
      try (OutputStream full = new FileOutputStream("/dev/full")) {
        full.write(1);
      }
    }
  }

  private static void suffer() throws IOException {
    try {
      while (sickness == Sickness.HANGING) {
        Thread.sleep(10);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw (IOException) new InterruptedIOException("hanging").initCause(e);
    }
    if (sickness == Sickness.AWAY) {
      throw new IOException("Connection refused");
    }
  }
}
