package io.freshet.lab.chaos.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file system of ext4 in a file. */
final class SmallDiskITCase {
  private static final long BYTES = 16L << 20;

  @TempDir private Path folder;
  private Path mounted;
  private boolean isMounted;

  @BeforeEach
  void mount() throws Exception {
    mounted = Files.createDirectory(folder.resolve("disk"));
    Path image = folder.resolve("image");
    try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
      file.setLength(BYTES);
    }
    isMounted =
        run("mkfs.ext4", "-q", image.toString())
            && run("mount", "-o", "loop", image.toString(), mounted.toString());
    assumeTrue(isMounted, "no file system can be made in a file here: needs root, and ext4");
  }

  @AfterEach
  void unmount() throws Exception {
    if (isMounted) {
      assertThat(run("umount", mounted.toString())).isTrue();
    }
  }

  @Test
  void whoWritesToASlowDiskWaits() throws Exception {
    SmallDisk disk = SmallDisk.of(mounted);
    assertThat(disk.canBeSlow()).isTrue();

    disk.slow();
    Duration longest = longestWrite(Duration.ofSeconds(2));
    disk.hasten();
    Duration after = longestWrite(Duration.ofSeconds(1));

    assertThat(longest).isGreaterThan(Duration.ofMillis(500));
    assertThat(after).isLessThan(longest);
  }

  @Test
  void aFullDiskTakesNothingUntilItIsFreed() throws Exception {
    SmallDisk disk = SmallDisk.of(mounted);

    disk.fill();
    assertThat(Files.getFileStore(mounted).getUsableSpace()).isLessThan(1 << 16);
    disk.free();

    assertThat(Files.getFileStore(mounted).getUsableSpace()).isGreaterThan(BYTES / 2);
  }

  @Test
  void whatIsInMemoryCannotBeFrozen() throws Exception {
    assumeTrue(Files.isDirectory(Path.of("/dev/shm")), "there is no file system in memory here");

    assertThat(Freezer.of(Path.of("/dev/shm"))).isEmpty();
  }

  private Duration longestWrite(Duration length) throws IOException {
    Duration longest = Duration.ZERO;
    long end = System.nanoTime() + length.toNanos();
    while (System.nanoTime() < end) {
      long start = System.nanoTime();
      Files.write(mounted.resolve("written"), new byte[100]);
      Duration took = Duration.ofNanos(System.nanoTime() - start);
      longest = took.compareTo(longest) > 0 ? took : longest;
    }
    return longest;
  }

  private static boolean run(String... command) throws InterruptedException {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      process.getInputStream().readAllBytes();
      return process.waitFor() == 0;
    } catch (IOException e) {
      return false; // no such command
    }
  }
}
