package io.freshet.snapshot.storage;

import java.io.FileOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.time.Instant;
import java.util.List;

/**
 * A local storage that fails as the test says. One that is made with a step dies with its process:
 * at the first, second … change to the store, before it happens, half-way through where it can be
 * half done, or right after it. Those opened by {@link #at} share a {@link #fault}, which the test
 * sets and heals.
 */
public class FaultyStorage implements WritableStorage {
  public enum When {
    BEFORE,
    HALFWAY,
    AFTER
  }

  public enum Fault {
    NONE,
    /** Writing fails as on a full disk: by the system's own device for it. */
    FULL,
    /** Nothing is there. */
    AWAY,
    /** No call returns. */
    HANGING
  }

  public static volatile Fault fault = Fault.NONE;

  private final LocalStorage storage;
  private final When when;
  private final boolean isMortal;
  private int changesLeft;
  private volatile boolean dead;

  public FaultyStorage(LocalStorage storage, int diesAt, When when) {
    this(storage, diesAt, when, true);
  }

  private FaultyStorage(LocalStorage storage, int diesAt, When when, boolean isMortal) {
    this.storage = storage;
    this.changesLeft = diesAt;
    this.when = when;
    this.isMortal = isMortal;
  }

  /** A storage with the shared fault. */
  public static WritableStorage at(String root) {
    return new FaultyStorage(LocalStorage.at(root), -1, When.BEFORE, false);
  }

  public boolean died() {
    return dead;
  }

  @Override
  public List<String> list(String folder) throws IOException {
    check();
    return storage.list(folder);
  }

  @Override
  public boolean exists(String path) throws IOException {
    check();
    return storage.exists(path);
  }

  @Override
  public long size(String path) throws IOException {
    check();
    return storage.size(path);
  }

  @Override
  public InputStream open(String path) throws IOException {
    check();
    return storage.open(path);
  }

  @Override
  public Instant modified(String path) throws IOException {
    check();
    return storage.modified(path);
  }

  @Override
  public OutputStream create(String path) throws IOException {
    boolean now = isNow();
    die(now && when == When.BEFORE);
    OutputStream out = isFull() ? new FileOutputStream("/dev/full") : storage.create(path);
    if (!now) {
      return out;
    }
    return new FilterOutputStream(out) {
      @Override
      public void write(byte[] bytes, int from, int n) throws IOException {
        if (when == When.HALFWAY) {
          out.write(bytes, from, n / 2);
          die(true);
        }
        out.write(bytes, from, n);
      }

      @Override
      public void close() throws IOException {
        out.close();
        die(when == When.AFTER);
      }
    };
  }

  @Override
  public void copy(String from, String to) throws IOException {
    boolean now = isNow();
    die(now && when == When.BEFORE);
    failIfFull();
    if (now && when == When.HALFWAY) {
      byte[] bytes = storage.open(from).readAllBytes();
      try (OutputStream out = storage.create(to)) {
        out.write(bytes, 0, bytes.length / 2);
      }
      die(true);
    }
    storage.copy(from, to);
    die(now);
  }

  @Override
  public void replace(String path, byte[] content) throws IOException {
    boolean now = isNow();
    die(now && when != When.AFTER);
    failIfFull();
    storage.replace(path, content);
    die(now);
  }

  @Override
  public void delete(String path) throws IOException {
    boolean now = isNow();
    die(now && when != When.AFTER);
    storage.delete(path);
    die(now);
  }

  private synchronized boolean isNow() throws IOException {
    check();
    return --changesLeft == 0;
  }

  private void die(boolean now) throws IOException {
    dead |= now;
    failIfDead();
  }

  private void check() throws IOException {
    failIfDead();
    try {
      while (has(Fault.HANGING)) {
        Thread.sleep(10);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw (IOException) new InterruptedIOException("hanging").initCause(e);
    }
    if (has(Fault.AWAY)) {
      throw new IOException("Connection refused");
    }
  }

  private void failIfDead() throws IOException {
    if (dead) {
      throw new IOException("the process died");
    }
  }

  private void failIfFull() throws IOException {
    if (isFull()) {
      try (OutputStream full = new FileOutputStream("/dev/full")) {
        full.write(1);
      }
    }
  }

  private boolean isFull() {
    return has(Fault.FULL);
  }

  private boolean has(Fault shared) {
    return !isMortal && fault == shared;
  }
}
