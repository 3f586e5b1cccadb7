package io.freshet.cli.doctor;

import static io.freshet.cli.doctor.Finding.ok;
import static io.freshet.cli.doctor.Finding.problem;
import static io.freshet.cli.doctor.Finding.warning;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.flink.core.fs.FSDataInputStream;
import org.apache.flink.core.fs.FSDataOutputStream;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.FileSystem.WriteMode;
import org.apache.flink.core.fs.Path;
import org.apache.flink.core.fs.UnsupportedFileSystemSchemeException;

/**
 * Tests whether the job can write, read and delete in a folder through Flink's file systems.
 * Removes its file and the folders that it creates.
 */
final class FolderCheck {
  private static final byte[] PROBE = "freshet doctor".getBytes(StandardCharsets.UTF_8);
  private static final long LITTLE_BYTES = 1L << 30;
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final Duration DRIFT = Duration.ofSeconds(30);

  private FolderCheck() {}

  static Finding run(String key, String uri) throws InterruptedException {
    CompletableFuture<Finding> found = new CompletableFuture<>();
    Thread trial = new Thread(() -> found.complete(finding(key, uri)), "doctor " + key);
    trial.setDaemon(true); // clients of object stores try again for minutes
    trial.start();
    try {
      return found.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (TimeoutException | ExecutionException e) {
      return problem(
          key,
          "%s does not answer within %s s".formatted(uri, PATIENCE.toSeconds()),
          "see that this machine reaches it, and its address and credentials (FLINK_CONF_DIR)");
    }
  }

  private static Finding finding(String key, String uri) {
    try {
      Path folder = new Path(uri);
      return tried(key, folder, FileSystem.get(folder.toUri()));
    } catch (UnsupportedFileSystemSchemeException e) {
      return warning(
          key,
          uri + " was not tried: no file system for it is loaded here",
          "see that Flink's plugin for it is in plugins/ of the cluster");
    } catch (IOException | RuntimeException e) {
      return problem(
          key,
          "%s cannot be used: %s".formatted(uri, e.getMessage()),
          "make the folder, let this user write to it, or set " + key);
    }
  }

  private static Finding tried(String key, Path folder, FileSystem files) throws IOException {
    Deque<Path> made = absent(folder, files);
    Path probe = new Path(folder, ".freshet-doctor-" + UUID.randomUUID());
    Instant before = Instant.now();
    try {
      files.mkdirs(folder);
      write(probe, files);
      Instant written = Instant.ofEpochMilli(files.getFileStatus(probe).getModificationTime());
      boolean isCopied =
          key.equals("snapshot.root")
              && isLocal(folder)
              && !publishesByLink(java.nio.file.Path.of(probe.getPath()));
      String can = " can be written" + (isCopied ? "; without hard links, each file twice" : "");
      return judged(key, folder + can, free(folder), Duration.between(before, written));
    } finally {
      files.delete(probe, false);
      while (!made.isEmpty()) {
        files.delete(made.pop(), false);
      }
    }
  }

  /** The missing folders, the innermost on top. */
  private static Deque<Path> absent(Path folder, FileSystem files) throws IOException {
    Deque<Path> absent = new ArrayDeque<>();
    for (Path at = folder; at != null && !files.exists(at); at = at.getParent()) {
      absent.addLast(at);
    }
    return absent;
  }

  private static void write(Path probe, FileSystem files) throws IOException {
    try (FSDataOutputStream out = files.create(probe, WriteMode.NO_OVERWRITE)) {
      out.write(PROBE);
    }
    byte[] read = new byte[PROBE.length];
    try (FSDataInputStream in = files.open(probe)) {
      int n = in.read(read);
      if (n != PROBE.length || !Arrays.equals(read, PROBE)) {
        throw new IOException("what was written is not read again");
      }
    }
  }

  /**
   * Whether a staged file can become one of a version without a copy; fails where the pointer to
   * the current version could not be replaced in one step.
   */
  private static boolean publishesByLink(java.nio.file.Path probe) throws IOException {
    java.nio.file.Path other = probe.resolveSibling(probe.getFileName() + ".other");
    try {
      Files.copy(probe, other);
      Files.move(other, probe, StandardCopyOption.ATOMIC_MOVE);
      try {
        Files.createLink(other, probe);
        return true;
      } catch (IOException | UnsupportedOperationException e) {
        return false;
      }
    } finally {
      Files.deleteIfExists(other);
    }
  }

  private static Finding judged(String key, String found, long free, Duration drift) {
    if (drift.abs().compareTo(DRIFT) > 0) {
      return warning(
          key,
          "%s, but its clock and this machine's differ by %s".formatted(found, drift.abs()),
          "set both by NTP");
    }
    return free < LITTLE_BYTES
        ? warning(
            key,
            String.format(Locale.ROOT, "%s, but only %,d MB are left", found, free >> 20),
            "make room, or choose another folder for " + key)
        : ok(key, found);
  }

  private static long free(Path folder) {
    return isLocal(folder) ? new File(folder.getPath()).getUsableSpace() : Long.MAX_VALUE;
  }

  private static boolean isLocal(Path folder) {
    return "file".equals(folder.toUri().getScheme());
  }
}
