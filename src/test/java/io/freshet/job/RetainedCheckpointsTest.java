package io.freshet.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RetainedCheckpointsTest {
  @TempDir Path folder;

  @Test
  void theNewestCompleteOneOfAnyRunIsTaken() throws IOException {
    checkpoint("a/chk-9", 1000);
    checkpoint("b/chk-2", 3000);
    checkpoint("b/chk-1", 2000);
    Files.createDirectories(folder.resolve("b/chk-3")); // no metadata: never finished
    checkpoint("b/shared", 4000);

    assertThat(RetainedCheckpoints.newest(folder.toUri().toString()))
        .hasValueSatisfying(path -> assertThat(path).endsWith("/b/chk-2"));
  }

  @Test
  void aFirstRunHasNone() throws IOException {
    assertThat(RetainedCheckpoints.newest(folder.toUri().toString())).isEmpty();
    assertThat(RetainedCheckpoints.newest(folder.resolve("no/such").toUri().toString())).isEmpty();
  }

  private void checkpoint(String path, long written) throws IOException {
    Path metadata = folder.resolve(path).resolve("_metadata");
    Files.createDirectories(metadata.getParent());
    Files.writeString(metadata, "");
    Files.setLastModifiedTime(metadata, FileTime.fromMillis(written));
  }
}
