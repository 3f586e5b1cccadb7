package io.freshet.lab.chaos.fault;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Makes a file system slow: nothing is written to it for most of each second, and a process that
 * writes waits. It is frozen and thawed in turns by {@code fsfreeze} of util-linux, which needs
 * root and a file system with a disk, such as ext4 in a file.
 */
final class Freezer {
  private static final int FROZEN_MILLIS = 900;
  private static final int THAWED_MILLIS = 100;

  private final Path folder;
  private Thread thread;
  private IOException failure;
  private boolean frozen;
  private boolean exits;

  private Freezer(Path folder) {
    this.folder = requireNonNull(folder, "folder");
  }

  /** Of the file system of a folder; absent where it cannot be frozen. */
  static Optional<Freezer> of(Path folder) throws IOException {
    try {
      fsfreeze("--freeze", folder);
    } catch (IOException e) {
      return Optional.empty(); // no such command, not root, or of memory
    }
    fsfreeze("--unfreeze", folder);
    return Optional.of(new Freezer(folder));
  }

  void begin() {
    Runtime.getRuntime().addShutdownHook(new Thread(this::leaveThawed));
    thread = new Thread(this::alternate, "freezer");
    thread.setDaemon(true);
    thread.start();
  }

  /** Leaves it thawed. */
  void end() throws IOException {
    thread.interrupt();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while " + folder + " thaws", e);
    }
    if (failure != null) {
      throw failure;
    }
  }

  private void alternate() {
    try {
      while (freeze()) {
        try {
          Thread.sleep(FROZEN_MILLIS);
        } finally {
          thaw();
        }
        Thread.sleep(THAWED_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // the end
    } catch (IOException e) {
      failure = e;
    }
  }

  private synchronized boolean freeze() throws IOException {
    if (!exits) {
      fsfreeze("--freeze", folder);
      frozen = true;
    }
    return !exits;
  }

  private synchronized void thaw() throws IOException {
    if (frozen) {
      fsfreeze("--unfreeze", folder);
      frozen = false;
    }
  }

  /** For a process that ends in between: others would wait without end. */
  private synchronized void leaveThawed() {
    exits = true;
    try {
      thaw();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void fsfreeze(String what, Path folder) throws IOException {
    Process run =
        new ProcessBuilder("fsfreeze", what, folder.toString()).redirectErrorStream(true).start();
    String said = new String(run.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    if (run.onExit().join().exitValue() != 0) {
      throw new IOException("\"fsfreeze %s %s\" failed: %s".formatted(what, folder, said));
    }
  }
}
