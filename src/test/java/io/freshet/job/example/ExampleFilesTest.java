package io.freshet.job.example;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.feature.example.Example;
import io.freshet.feature.example.LabeledExample;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ExampleFilesTest {
  @TempDir Path dir;

  @Test
  void filesAreReadInTheOrderOfTheirNumbers() throws IOException {
    write("examples-b-1.jsonl", 0, 1, 2);
    write("examples-a-7.jsonl.gz", 3, 4);
    write("examples-b-0.jsonl.gz", 5);

    assertThat(read()).containsExactly("0", "1", "2", "3", "4", "5");
    assertThat(ExampleFiles.count(dir.toUri().toString())).isEqualTo(6);
  }

  @Test
  void aByteOrderMarkIsSkipped() throws IOException {
    write("plain.jsonl", 1, 2);
    Path marked = dir.resolve("marked.jsonl");
    Files.writeString(marked, "\uFEFF" + Files.readString(dir.resolve("plain.jsonl")));

    assertThat(read()).containsExactly("1", "1", "2", "2");
  }

  @Test
  void examplesOfSeveralSubtasksAreMerged() throws IOException {
    write("one.jsonl", 0, 1, 4);
    write("two.jsonl.gz", 0, 2, 3);
    write("three.jsonl", 5);

    assertThat(read()).containsExactly("0", "0", "1", "2", "3", "4", "5");
  }

  @Test
  void filesUnderWayAndOthersAreLeftOut() throws IOException {
    write("sub/examples.jsonl", 0);
    write(".examples.jsonl.gz.inprogress.1", 1);
    write("_tmp.jsonl", 2);
    write("notes.txt", 3);

    assertThat(read()).containsExactly("0");
  }

  @Test
  void absentOrEmptyDirectoryIsRefused() throws IOException {
    assertThatThrownBy(this::read).isInstanceOf(IOException.class).hasMessageContaining(".jsonl");
    assertThatThrownBy(() -> ExampleFiles.at(dir.resolve("none").toUri().toString()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("there is no");
  }

  @Test
  void brokenLineIsToldWithItsPlace() throws IOException {
    Files.writeString(dir.resolve("examples.jsonl"), "{}\n");

    assertThatThrownBy(this::read)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("examples.jsonl, line 1");
  }

  private List<String> read() throws IOException {
    List<String> ids = new ArrayList<>();
    try (ExampleFiles files = ExampleFiles.at(dir.toUri().toString())) {
      files.forEachRemaining(example -> ids.add(example.impressionId()));
    }
    return ids;
  }

  private void write(String name, long... numbers) throws IOException {
    Path file = dir.resolve(name);
    Files.createDirectories(file.getParent());
    OutputStream plain = Files.newOutputStream(file);
    try (OutputStream out = name.endsWith(".gz") ? new GZIPOutputStream(plain) : plain) {
      for (long number : numbers) {
        LabeledExample example =
            new LabeledExample(
                Long.toString(number), 9, 1, 1, new Example(7, new long[0], new float[0]));
        out.write(ExampleJson.of(new NumberedExample(number, example)));
        out.write("\n".getBytes(UTF_8));
      }
    }
  }
}
