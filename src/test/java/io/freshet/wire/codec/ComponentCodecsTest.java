package io.freshet.wire.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ComponentCodecsTest {
  private static final UUID ID = new UUID(-1, 2);

  @Test
  void aRecordIsWrittenAsItsComponents() throws IOException {
    assertTravels(
        All.class,
        new All(
            -1, 2, 0.5f, Double.NaN, true, "é", Color.RED, ID, 7L, Optional.of(1.5), List.of("a")));
    assertTravels(
        All.class,
        new All(1, -2, -0f, 0, false, "", Color.BLUE, ID, -7L, Optional.empty(), List.of()));
  }

  @Test
  void arraysAreOfAnyLength() throws IOException {
    for (int n : new int[] {0, 1, 3000}) {
      assertTravels(
          Arrays.class,
          new Arrays(
              new long[n],
              new int[n],
              new float[n],
              new boolean[n],
              new byte[n],
              new float[n % 100][n % 7],
              java.util.Collections.nCopies(n, "x").toArray(String[]::new)));
    }
  }

  @Test
  void bytesMayBeNull() throws IOException {
    assertThat(travel(Codecs.of(Arrays.class), arrays(null)).bytes()).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a", "é", "\uD83D\uDE00", "\uD800 alone", "\uFFFF\u0080\u007F"})
  void stringsKeepEveryChar(String text) throws IOException {
    DataOutputSerializer out = new DataOutputSerializer(16);
    Values.writeString(text.repeat(70_000), out);

    assertThat(Values.readString(new DataInputDeserializer(out.getCopyOfBuffer())))
        .isEqualTo(text.repeat(70_000));
  }

  @Test
  void aSealedInterfaceIsWrittenAsTheRecordThatItIs() throws IOException {
    Codec<Shape<Color>> codec = shapes();

    assertThat(travel(codec, new Shape.Named<>(Color.RED, Map.of("a", 1L))))
        .isEqualTo(new Shape.Named<>(Color.RED, Map.of("a", 1L)));
    assertThat(travel(codec, new Shape.Empty<>())).isEqualTo(new Shape.Empty<>());
  }

  @Test
  void anUnknownKindIsRefused() {
    Codec<Shape<Color>> codec = shapes();

    assertThatThrownBy(() -> codec.read(new DataInputDeserializer(new byte[] {9})))
        .isInstanceOf(IOException.class)
        .hasMessage("Shape: found kind 9, expected 0 to 1");
  }

  @Test
  void aValueThatItsRecordRefusesIsDamaged() {
    assertThatThrownBy(() -> Codecs.of(Positive.class).read(new DataInputDeserializer(new byte[4])))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("0 is not above 0");
  }

  @Test
  void aClassIsRefused() {
    assertThatThrownBy(() -> Codecs.of(Thread.class))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("java.lang.Thread has no codec: expected a record");
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 127, 128, -1, Long.MAX_VALUE, Long.MIN_VALUE})
  void numbersTakeAsManyBytesAsTheyNeed(long value) throws IOException {
    DataOutputSerializer out = new DataOutputSerializer(16);
    VarInt.write(value, out);

    assertThat(out.length()).isEqualTo(Math.max(1, (70 - Long.numberOfLeadingZeros(value)) / 7));
    assertThat(VarInt.read(new DataInputDeserializer(out.getCopyOfBuffer()))).isEqualTo(value);
  }

  private static Arrays arrays(byte[] bytes) {
    return new Arrays(
        new long[0],
        new int[0],
        new float[0],
        new boolean[0],
        bytes,
        new float[0][],
        new String[0]);
  }

  @SuppressWarnings("unchecked") // erasure: the argument says which T
  private static Codec<Shape<Color>> shapes() {
    return (Codec<Shape<Color>>) (Codec<?>) Codecs.of(Shape.class, Color.class);
  }

  private static <T> void assertTravels(Class<T> type, T value) throws IOException {
    assertThat(travel(Codecs.of(type), value))
        .usingRecursiveComparison()
        .withComparatorForType(Double::compare, Double.class) // NaN is NaN
        .isEqualTo(value);
  }

  private static <T> T travel(Codec<T> codec, T value) throws IOException {
    DataOutputSerializer out = new DataOutputSerializer(16);
    codec.write(value, out);
    DataInputDeserializer in = new DataInputDeserializer(out.getCopyOfBuffer());
    T read = codec.read(in);
    assertThat(in.available()).isZero();
    return read;
  }

  private enum Color {
    RED,
    BLUE
  }

  private record All(
      long number,
      int small,
      float single,
      double real,
      boolean yes,
      String text,
      Color color,
      UUID id,
      Long boxed,
      Optional<Double> maybe,
      List<String> several) {}

  private record Arrays(
      long[] longs,
      int[] ints,
      float[] floats,
      boolean[] booleans,
      byte[] bytes,
      float[][] rows,
      String[] texts) {}

  record Positive(int n) {
    Positive {
      if (n <= 0) {
        throw new IllegalArgumentException(n + " is not above 0");
      }
    }
  }

  private sealed interface Shape<T> {
    record Empty<T>() implements Shape<T> {}

    record Named<T>(T value, Map<String, Long> sizes) implements Shape<T> {}
  }
}
