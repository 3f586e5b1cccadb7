package io.freshet.wire.codec;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Lengths around those at which the 8 KB scratch buffer is full. */
final class PrimitiveArraysTest {
  private static final int FROM = 3;

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2047, 2048, 2049, 10_000})
  void floatsKeepTheirBits(int n) throws IOException {
    float[] values = new float[n + FROM];
    SplittableRandom random = new SplittableRandom(n);
    for (int i = 0; i < values.length; i++) {
      values[i] = Float.intBitsToFloat(random.nextInt());
    }
    DataOutputSerializer out = new DataOutputSerializer(16);

    PrimitiveArrays.writeFloats(values, FROM, n, out);

    DataInputDeserializer in = new DataInputDeserializer(out.getCopyOfBuffer());
    float[] read = new float[n + FROM];
    PrimitiveArrays.readFloats(read, FROM, n, in);
    assertThat(in.available()).isZero();
    for (int i = 0; i < n; i++) {
      assertThat(Float.floatToRawIntBits(read[FROM + i]))
          .isEqualTo(Float.floatToRawIntBits(values[FROM + i]));
    }
    assertThat(read).startsWith(0, 0, 0);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 1023, 1024, 1025, 5_000})
  void longsComeBack(int n) throws IOException {
    long[] values = new SplittableRandom(n).longs(n + FROM).toArray();
    DataOutputSerializer out = new DataOutputSerializer(16);

    PrimitiveArrays.writeLongs(values, FROM, n, out);

    DataInputDeserializer in = new DataInputDeserializer(out.getCopyOfBuffer());
    long[] read = values.clone();
    Arrays.fill(read, FROM, read.length, 0);
    PrimitiveArrays.readLongs(read, FROM, n, in);
    assertThat(in.available()).isZero();
    assertThat(read).isEqualTo(values);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2047, 2048, 2049, 10_000})
  void intsComeBack(int n) throws IOException {
    int[] values = new SplittableRandom(n).ints(n + FROM).toArray();
    DataOutputSerializer out = new DataOutputSerializer(16);

    PrimitiveArrays.writeInts(values, FROM, n, out);

    DataInputDeserializer in = new DataInputDeserializer(out.getCopyOfBuffer());
    int[] read = values.clone();
    Arrays.fill(read, FROM, read.length, 0);
    PrimitiveArrays.readInts(read, FROM, n, in);
    assertThat(in.available()).isZero();
    assertThat(read).isEqualTo(values);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, -2, 0x0102030405060708L})
  void theBytesAreLittleEndianOnEveryMachine(long value) throws IOException {
    DataOutputSerializer out = new DataOutputSerializer(16);

    PrimitiveArrays.writeLongs(new long[] {value}, 0, 1, out);

    assertThat(new DataInputDeserializer(out.getCopyOfBuffer()).readLong())
        .isEqualTo(Long.reverseBytes(value));
  }
}
