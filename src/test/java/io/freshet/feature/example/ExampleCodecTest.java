package io.freshet.feature.example;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.feature.Fids;
import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.LongStream;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class ExampleCodecTest {

  @Test
  void occurrencesTakeAsFewBytesAsIsSaid() throws IOException {
    long categorical = Fids.of(1, 0xFEDCBA9876543L);

    assertThat(bytes(new long[] {Fids.BIAS}, 1)).isEqualTo(9 + 1);
    assertThat(bytes(new long[] {Fids.BIAS, Fids.missing(2)}, 1, 1)).isEqualTo(9 + 1 + 1);
    assertThat(bytes(new long[] {Fids.BIAS, Fids.number(1)}, 1, 0.3f)).isEqualTo(9 + 1 + 5);
    assertThat(bytes(new long[] {Fids.BIAS, categorical}, 1, 1)).isEqualTo(9 + 1 + 7);
    assertThat(bytes(new long[] {categorical, categorical + 1}, .5f, .5f)).isEqualTo(9 + 11 + 7);
    assertThat(bytes(LongStream.range(0, 127).map(i -> Fids.component(1, (int) i)).toArray()))
        .isEqualTo(9 + 4 * 127 + 2);
  }

  static LongStream seeds() {
    return LongStream.concat(LongStream.range(0, 50), new Random().longs(50));
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void whateverIsWrittenIsRead(long seed) throws IOException {
    Example example = random(new Random(seed));
    DataOutputSerializer out = new DataOutputSerializer(64);

    new ExampleCodec().write(example, out);
    Example read = new ExampleCodec().read(new DataInputDeserializer(out.getCopyOfBuffer()));

    assertThat(read.user()).isEqualTo(example.user());
    assertThat(read.fids()).isEqualTo(example.fids());
    assertThat(read.values()).isEqualTo(example.values());
  }

  private static int bytes(long[] fids, float... values) throws IOException {
    DataOutputSerializer out = new DataOutputSerializer(64);
    new ExampleCodec().write(new Example(7, fids, Arrays.copyOf(values, fids.length)), out);
    return out.length();
  }

  private static Example random(Random random) {
    int n = random.nextInt(random.nextBoolean() ? 10 : 1_000);
    long[] fids = new long[n];
    float[] values = new float[n];
    int field = 0;
    for (int i = 0; i < n; i++) {
      field = random.nextInt(10) == 0 ? random.nextInt(Fids.MAX_FIELD + 1) : field;
      field = Math.min(Fids.MAX_FIELD, field + random.nextInt(5));
      long hash = random.nextInt(4) == 0 ? random.nextInt(3) : random.nextLong();
      boolean isInVector = i > 0 && random.nextInt(10) < 9 && Fids.component(fids[i - 1]) < 2000;
      fids[i] =
          isInVector && Fids.component(fids[i - 1]) >= 0
              ? fids[i - 1] + 1
              : random.nextInt(8) == 0
                  ? Fids.component(field, random.nextInt(2))
                  : Fids.of(field, hash);
      field = Fids.field(fids[i]);
      values[i] =
          switch (random.nextInt(5)) {
            case 0, 1 -> 1;
            case 2 -> i == 0 ? -0f : values[i - 1];
            case 3 -> Float.NaN;
            default -> random.nextFloat();
          };
    }
    return new Example(random.nextLong(), fids, values);
  }
}
