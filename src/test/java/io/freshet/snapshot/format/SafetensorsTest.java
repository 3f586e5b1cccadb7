package io.freshet.snapshot.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SafetensorsTest {

  @Test
  void theFileIsALengthAHeaderAndTheNumbersLittleEndian() throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    SafetensorsOutput file =
        new SafetensorsOutput(out, List.of(Tensor.longs("a", 1), Tensor.floats("b", 1, 2)));
    file.write(new long[] {0x0102030405060708L}, 0, 1);
    file.write(new float[] {1, -2}, 0, 2);
    file.finish();

    ByteBuffer bytes = ByteBuffer.wrap(out.toByteArray()).order(ByteOrder.LITTLE_ENDIAN);
    int length = (int) bytes.getLong();
    String header = new String(out.toByteArray(), 8, length, StandardCharsets.UTF_8);
    assertThat(header.strip())
        .isEqualTo(
            "{\"a\":{\"dtype\":\"I64\",\"shape\":[1],\"data_offsets\":[0,8]},"
                + "\"b\":{\"dtype\":\"F32\",\"shape\":[1,2],\"data_offsets\":[8,16]}}");
    assertThat(length % 8).isZero();
    assertThat(bytes.get(8 + length)).isEqualTo((byte) 8);
    assertThat(bytes.getFloat(8 + length + 12)).isEqualTo(-2);
    assertThat(bytes.capacity()).isEqualTo(8 + length + 16);
  }

  @Test
  void whatIsWrittenIsReadAgain() throws Exception {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    for (int round = 0; round < 50; round++) {
      int n = random.nextInt(30_000);
      long[] ids = random.longs(n).toArray();
      float[] rows = new float[n * 3];
      for (int i = 0; i < rows.length; i++) {
        rows[i] = Float.intBitsToFloat(random.nextInt());
      }
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      SafetensorsOutput file =
          new SafetensorsOutput(out, List.of(Tensor.longs("ids", n), Tensor.floats("rows", n, 3)));
      writeInPieces(file, ids, rows, random);

      SafetensorsFile read = read(out.toByteArray());

      assertThat(read.longs("ids")).as("seed %d", seed).isEqualTo(ids);
      assertThat(read.floats("rows", 2)).as("seed %d", seed).isEqualTo(rows);
    }
  }

  @Test
  void tooFewOrTooManyNumbersAreRefused() throws Exception {
    SafetensorsOutput few =
        new SafetensorsOutput(new ByteArrayOutputStream(), List.of(Tensor.longs("a", 2)));
    few.write(new long[1], 0, 1);
    SafetensorsOutput many =
        new SafetensorsOutput(new ByteArrayOutputStream(), List.of(Tensor.longs("a", 2)));
    many.write(new long[3], 0, 3);

    assertThatThrownBy(few::finish).hasMessageContaining("8 bytes less");
    assertThatThrownBy(many::finish).hasMessageContaining("8 bytes more");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\'',
      value = {
        "[] | not a JSON object",
        "{\"a\":{\"dtype\":\"I64\",\"shape\":[1],\"data_offsets\":[0,8]} | Unexpected end",
        "{\"a\":{\"dtype\":\"I64\",\"shape\":[2],\"data_offsets\":[0,8]}} | not at [0, 16]",
        "{\"a\":{\"dtype\":\"F16\",\"shape\":[4],\"data_offsets\":[0,8]}} | type F16",
        "{\"a\":{\"dtype\":\"I64\",\"shape\":[-1],\"data_offsets\":[0,8]}} | impossible shape",
        "{\"a\":{\"dtype\":\"I64\",\"shape\":[1],\"data_offsets\":[8,16]}} | not at [0, 8]",
        "{\"a\":{\"dtype\":\"I64\",\"shape\":[1.5],\"data_offsets\":[0,8]}} | \"shape[0]\" is 1.5,"
            + " not a whole number",
        "{\"a\":{\"dtype\":\"I64\",\"shape\":[1],\"data_offsets\":[0]}} | 1 data_offsets",
        "{\"a\":{\"shape\":[1],\"data_offsets\":[0,8]}} | \"dtype\" is missing",
        "{\"a\":{\"dtype\":\"I64\",\"shape\":[0],\"data_offsets\":[0,0]}} | take 0 bytes",
        "{\"a\":1,\"a\":2} | Duplicate",
        "{\"a\":{\"dtype\":\"I64\",\"shape\":[9223372036854775807,2],\"data_offsets\":[0,8]}}"
            + " | overflow",
      })
  void aBrokenHeaderIsRefusedWithTheFileAndTheReason(String header, String reason) {
    byte[] json = header.getBytes(StandardCharsets.UTF_8);
    ByteBuffer file = ByteBuffer.allocate(8 + json.length + 8).order(ByteOrder.LITTLE_ENDIAN);
    file.putLong(json.length).put(json);

    assertThatThrownBy(() -> read(file.array()))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("the file: ")
        .hasMessageContaining(reason);
  }

  @ParameterizedTest
  @CsvSource({"-1", "0", "17", "9223372036854775807"})
  void aLengthThatCannotBeIsRefusedBeforeAnythingIsAllocated(long length) {
    ByteBuffer file = ByteBuffer.allocate(24).order(ByteOrder.LITTLE_ENDIAN).putLong(length);

    assertThatThrownBy(() -> read(file.array()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("the header claims");
  }

  @Test
  void aTruncatedFileIsRefused() {
    assertThatThrownBy(() -> read(new byte[5])).hasMessageContaining("ends too early");
  }

  private static void writeInPieces(SafetensorsOutput file, long[] ids, float[] rows, Random random)
      throws IOException {
    for (int done = 0, n; done < ids.length; done += n) {
      n = Math.min(ids.length - done, 1 + random.nextInt(10_000));
      file.write(ids, done, n);
    }
    for (int done = 0, n; done < rows.length; done += n) {
      n = Math.min(rows.length - done, 1 + random.nextInt(40_000));
      file.write(rows, done, n);
    }
    file.finish();
  }

  private static SafetensorsFile read(byte[] bytes) throws IOException {
    return SafetensorsFile.read(new ByteArrayInputStream(bytes), bytes.length, "the file");
  }
}
