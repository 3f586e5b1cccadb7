package io.freshet.lab.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoFolderTest {
  @TempDir Path parent;

  @Test
  void resultsOfAnEarlierDemoAreReplacedAndTheRestStays() throws IOException {
    Path folder = parent.resolve("out");
    DemoFolder.prepare(folder);
    Files.createDirectories(folder.resolve("snapshots/v1"));
    Files.writeString(folder.resolve("snapshots/v1/manifest.json"), "{}");
    Files.writeString(folder.resolve("notes.txt"), "mine");

    DemoFolder.prepare(folder);

    assertThat(folder.resolve("snapshots")).doesNotExist();
    assertThat(folder.resolve("notes.txt")).exists();
  }

  @Test
  void snapshotsThatNoDemoWroteAreNeverTouched() throws IOException {
    Path theirs = Files.createDirectories(parent.resolve("snapshots"));

    assertThatThrownBy(() -> DemoFolder.prepare(parent))
        .isInstanceOf(IOException.class)
        .hasMessage(theirs + " is not of an earlier demo: name another --out");
    assertThat(theirs).exists();
  }
}
