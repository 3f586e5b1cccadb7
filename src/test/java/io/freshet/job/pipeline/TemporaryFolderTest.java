package io.freshet.job.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TemporaryFolderTest {
  @TempDir Path parent;

  @Test
  void theFoldersOfKilledProcessesAreSweptAndThoseOfLiveOnesStay() throws IOException {
    Path live = TemporaryFolder.claim(parent);
    Path killed = Files.createDirectories(parent.resolve("freshet-17/tm_0")).getParent();
    Files.writeString(killed.resolve("librocksdb.so"), "large");
    Files.createFile(parent.resolve("freshet-17.lock")); // no process has it locked
    Path others = Files.createDirectory(parent.resolve("freshet-demo"));

    TemporaryFolder.sweep(parent);

    assertThat(killed).doesNotExist();
    assertThat(parent.resolve("freshet-17.lock")).doesNotExist();
    assertThat(live).exists();
    assertThat(others).exists();
  }

  @Test
  void aFolderStaysItsProcessesThroughAGarbageCollection() throws Exception {
    Path live = TemporaryFolder.claim(parent);

    for (int i = 0; i < 20; i++) {
      System.gc(); // what it finds is closed on another thread
      Thread.sleep(10);
      TemporaryFolder.sweep(parent);
    }

    assertThat(live).exists();
  }
}
