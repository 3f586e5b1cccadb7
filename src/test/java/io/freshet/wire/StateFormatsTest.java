package io.freshet.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.wire.codec.Codecs;
import io.freshet.wire.codec.StateCodec;
import java.io.IOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Holds the state formats to {@code state-formats.txt} in the test resources. A line is an id, a
 * version, and the values of {@link StateSamples} as that version wrote them, in hexadecimal. Lines
 * may be added, with the text that a failure prints; a line that is there is never changed or
 * removed.
 */
final class StateFormatsTest {
  /** A value as a version of its format wrote it. */
  record Golden(String id, int version, byte[] bytes) {
    static Golden parse(String line) {
      String[] columns = line.split(" ");
      return new Golden(
          columns[0], Integer.parseInt(columns[1]), HexFormat.of().parseHex(columns[2]));
    }

    @Override
    public String toString() {
      return id + " " + version + " " + HexFormat.of().formatHex(bytes);
    }
  }

  static Stream<Golden> goldens() throws Exception {
    return lines("state-formats.txt").stream().map(Golden::parse);
  }

  @ParameterizedTest
  @MethodSource("goldens")
  void everyVersionIsReadIndefinitely(Golden golden) throws IOException {
    StateCodec<?> format = Codecs.format(golden.id).orElseThrow();
    DataInputDeserializer in = new DataInputDeserializer(golden.bytes);

    for (Object sample : StateSamples.of(golden.id, golden.version)) {
      assertThat(format.read(in, golden.version))
          .usingRecursiveComparison()
          .withComparatorForType(Double::compare, Double.class)
          .isEqualTo(sample);
    }
    assertThat(in.available()).isZero();
  }

  @Test
  void whatIsWrittenTodayIsWhatTheFileSays() throws Exception {
    List<String> written = new ArrayList<>();
    for (StateCodec<?> format : formats()) {
      written.add(new Golden(format.id(), format.version(), write(format)).toString());
    }

    assertThat(lines("state-formats.txt")).containsAll(written);
  }

  @Test
  void namesInSavepointsAreFrozen() throws Exception {
    assertThat(WireSerializer.Snapshot.class.getName())
        .isEqualTo("io.freshet.wire.WireSerializer$Snapshot");
    assertThat(goldens().map(Golden::id).distinct().toList())
        .containsExactlyInAnyOrderElementsOf(formats().stream().map(StateCodec::id).toList());
  }

  private static List<StateCodec<?>> formats() {
    return Codecs.formats().stream()
        .filter(format -> !format.id().startsWith("test-"))
        .sorted(Comparator.comparing(StateCodec::id))
        .toList();
  }

  private static <T> byte[] write(StateCodec<T> format) throws IOException {
    DataOutputSerializer out = new DataOutputSerializer(64);
    for (Object sample : StateSamples.of(format.id(), format.version())) {
      format.write(format.type().cast(sample), out);
    }
    return out.getCopyOfBuffer();
  }

  private static List<String> lines(String file) throws Exception {
    URL url = StateFormatsTest.class.getResource(file);
    return Files.readAllLines(Path.of(url.toURI()));
  }
}
