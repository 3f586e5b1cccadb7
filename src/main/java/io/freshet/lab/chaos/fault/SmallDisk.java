package io.freshet.lab.chaos.fault;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A folder on a small file system of its own, which is filled to the last byte and emptied again,
 * or, where it can be frozen, slow for a while.
 */
public final class SmallDisk {
  private static final long MOST_BYTES = 1 << 30;
  private static final int CHUNK_BYTES = 1 << 16;

  private final Path ballast;
  private final Optional<Freezer> freezer;

  private SmallDisk(Path ballast, Optional<Freezer> freezer) {
    this.ballast = requireNonNull(ballast, "ballast");
    this.freezer = requireNonNull(freezer, "freezer");
  }

  /**
   * The disk of a folder, which exists.
   *
   * @throws IOException where it is large: filling it would take others' space, and long
   */
  public static SmallDisk of(Path folder) throws IOException {
    long bytes = Files.getFileStore(folder).getTotalSpace();
    if (bytes > MOST_BYTES) {
      throw new IOException(
          "%s is on a file system of %s MiB; expected one of its own, of at most %s MiB"
              .formatted(folder, bytes >> 20, MOST_BYTES >> 20));
    }
    return new SmallDisk(folder.resolve("ballast"), Freezer.of(folder));
  }

  /** Whether it can be made slow. */
  public boolean canBeSlow() {
    return freezer.isPresent();
  }

  void fill() throws IOException {
    byte[] zeros = new byte[CHUNK_BYTES];
    try (OutputStream out = Files.newOutputStream(ballast)) {
      while (true) {
        out.write(zeros);
      }
    } catch (IOException e) {
      if (Files.getFileStore(ballast).getUsableSpace() > CHUNK_BYTES) {
        throw e;
      }
    }
  }

  void free() throws IOException {
    Files.deleteIfExists(ballast);
  }

  void slow() {
    freezer.orElseThrow().begin();
  }

  void hasten() throws IOException {
    freezer.orElseThrow().end();
  }
}
