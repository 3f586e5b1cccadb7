package io.freshet.lab.cluster;

import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LogTailTest {
  @TempDir Path folder;
  private Path log;
  private LogTail tail;

  @BeforeEach
  void open() {
    log = folder.resolve("a.log");
    tail = new LogTail(log);
  }

  @Test
  void aLogThatHasNotBegunHasNoLines() throws IOException {
    assertThat(tail.next()).isEmpty();
  }

  @Test
  void eachLineComesOnceWhenItIsComplete() throws IOException {
    append("one\ntw");
    assertThat(tail.next()).containsExactly("one");

    append("o\n");
    assertThat(tail.next()).containsExactly("two");
    assertThat(tail.next()).isEmpty();
  }

  @Test
  void aCharacterOfSeveralBytesMayComeInPieces() throws IOException {
    byte[] letter = "ä\n".getBytes(java.nio.charset.StandardCharsets.UTF_8);
    Files.write(log, new byte[] {letter[0]}, CREATE);
    assertThat(tail.next()).isEmpty();

    Files.write(log, new byte[] {letter[1], letter[2]}, APPEND);
    assertThat(tail.next()).containsExactly("ä");
  }

  private void append(String text) throws IOException {
    Files.writeString(log, text, CREATE, APPEND);
  }
}
