package io.freshet.snapshot.storage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.freshet.snapshot.publish.Staging;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** What every storage promises, tried on the local one and on one of Flink's file systems. */
@ParameterizedClass(name = "through Flink: {0}")
@ValueSource(booleans = {false, true})
class StorageTest {
  private final boolean throughFlink;
  @TempDir Path folder;
  private Path root;
  private WritableStorage storage;

  StorageTest(boolean throughFlink) {
    this.throughFlink = throughFlink;
  }

  @BeforeEach
  void open() throws IOException {
    root = folder.resolve("root");
    String uri = root.toUri().toString();
    storage = throughFlink ? FlinkStorage.through(uri) : FlinkStorage.at(uri);
    assertThat(storage instanceof LocalStorage).isNotEqualTo(throughFlink);
  }

  @Test
  void aFolderThatIsNotThereIsEmpty() throws Exception {
    assertThat(storage.list("")).isEmpty();
    assertThat(storage.list("a/b")).isEmpty();
    assertThat(storage.exists("a/b")).isFalse();
  }

  @Test
  void foldersAreMadeOnTheWay() throws Exception {
    create("a/b/two", "22");
    create("a/b/one", "1");

    assertThat(storage.list("a/b")).containsExactly("one", "two");
    assertThat(storage.size("a/b/two")).isEqualTo(2);
    assertThat(read("a/b/two")).isEqualTo("22");
    assertThat(storage.modified("a/b/two"))
        .isBetween(Instant.now().minus(Duration.ofMinutes(1)), Instant.now().plusSeconds(1));
  }

  @Test
  void aFileIsWrittenInPlaceOfAnother() throws Exception {
    create("file", "a long text");
    create("file", "short");
    storage.replace("pointer", "a long text".getBytes(UTF_8));
    storage.replace("pointer", "short".getBytes(UTF_8));

    assertThat(read("file")).isEqualTo("short");
    assertThat(read("pointer")).isEqualTo("short");
    assertThat(storage.list("")).contains("file", "pointer").doesNotContain(".pointer");
  }

  @Test
  void aCopyTakesThePlaceOfAnyFileAndOutlivesItsOriginal() throws Exception {
    create("from", "right");
    create("x/to", "wrong and longer");
    storage.copy("from", "x/to");
    storage.copy("from", "x/to");
    storage.delete("from");
    storage.delete("from");

    assertThat(read("x/to")).isEqualTo("right");
    assertThat(storage.exists("from")).isFalse();
  }

  @Test
  void aMovedFileTakesThePlaceOfAnyFileAndIsGoneFromItsOwn() throws Exception {
    create(".staging/one", "one");
    storage.move(".staging/one", "x/to");
    create(".staging/two", "two");
    storage.move(".staging/two", "x/to");

    assertThat(read("x/to")).isEqualTo("two");
    assertThat(storage.list(".staging")).isEmpty();
    assertThatThrownBy(() -> storage.move(".staging/two", "x/to")).isInstanceOf(IOException.class);
    assertThat(read("x/to")).isEqualTo("two");
  }

  @Test
  void aCopyThatFailsLeavesWhatWasThere() throws Exception {
    create("folder/file", "inside");
    create("x/to", "right");

    for (String from : List.of("nothing", "folder")) {
      assertThatThrownBy(() -> storage.copy(from, "x/to")).isInstanceOf(IOException.class);
      assertThatThrownBy(() -> storage.copy(from, "x/new")).isInstanceOf(IOException.class);
    }

    assertThat(read("x/to")).isEqualTo("right");
    assertThat(storage.list("x")).containsExactly("to");
    assertThat(read("folder/file")).isEqualTo("inside");
  }

  @Test
  void aFileIsCopiedWhereItCannotBeLinked() throws Exception {
    Path other = Path.of("/dev/shm");
    assumeThat(other).isWritable();
    assumeThat(Files.getFileStore(other)).isNotEqualTo(Files.getFileStore(folder));
    Path elsewhere = Files.createTempDirectory(other, "freshet");
    try {
      Files.createDirectories(root);
      Files.createSymbolicLink(root.resolve("elsewhere"), elsewhere);
      create("elsewhere/part", "the bytes");

      storage.copy("elsewhere/part", "version/embeddings");
      storage.delete("elsewhere/part");

      assertThat(read("version/embeddings")).isEqualTo("the bytes");
    } finally {
      Files.deleteIfExists(elsewhere.resolve("part"));
      Files.delete(elsewhere);
    }
  }

  @Test
  void aRootThatIsAFileIsAnError() throws Exception {
    Files.writeString(root, "");

    assertThatThrownBy(() -> storage.list("")).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> create("file", "")).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> storage.replace("file", new byte[1])).isInstanceOf(IOException.class);
  }

  @Test
  void aLocalRootIsAPathOrAFileUri() {
    assertThat(LocalStorage.at("file:///var/lib/x")).hasToString("/var/lib/x");
    assertThat(LocalStorage.at("file:/var/lib/x")).hasToString("/var/lib/x");
    assertThat(LocalStorage.at("/var/lib/x")).hasToString("/var/lib/x");
    assertThatThrownBy(() -> LocalStorage.at("s3://bucket/x"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("\"s3://bucket/x\" is not a local folder");
  }

  @Test
  void oldStagedFilesGoUnlessTheyAreWaitedFor() throws Exception {
    create(".staging/old", "");
    create(".staging/waiting", "");
    Instant later = Instant.now().plus(Staging.KEPT).plusSeconds(60);
    Staging staging = new Staging(storage);
    staging.deleteOld(List.of(".staging/waiting"), later);
    create(".staging/young", "");
    staging.deleteOld(List.of(), Instant.now());

    assertThat(storage.list(".staging")).containsExactly("waiting", "young");
  }

  private void create(String path, String text) throws IOException {
    try (OutputStream out = storage.create(path)) {
      out.write(text.getBytes(UTF_8));
    }
  }

  private String read(String path) throws IOException {
    try (InputStream in = storage.open(path)) {
      return new String(in.readAllBytes(), UTF_8);
    }
  }
}
