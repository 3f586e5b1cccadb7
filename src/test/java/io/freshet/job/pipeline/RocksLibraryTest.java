package io.freshet.job.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.train.RefusedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

final class RocksLibraryTest {
  @Test
  void aFolderThatProgramsMayNotRunFromIsRefusedWithItsCause() {
    assertThatThrownBy(
            () ->
                RocksLibrary.load(
                    folder -> {
                      throw new UnsatisfiedLinkError("failed to map segment: not permitted");
                    }))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("checkpoint.backend: rocksdb")
        .hasMessageContaining(System.getProperty("java.io.tmpdir"))
        .hasMessageContaining("UnsatisfiedLinkError: failed to map segment: not permitted");
  }

  @Test
  void noFileOfItIsLeftBehind() {
    AtomicReference<Path> used = new AtomicReference<>();

    RocksLibrary.load(
        folder -> {
          used.set(folder);
          Files.writeString(folder.resolve("librocksdbjni.so"), "");
        });

    assertThat(used.get()).doesNotExist();
  }
}
