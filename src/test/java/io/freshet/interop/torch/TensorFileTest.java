package io.freshet.interop.torch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class TensorFileTest {
  private static final String HEADER =
      """
      {"__metadata__": {"format": "pt"},
       "a": {"dtype": "F32", "shape": [2, 2], "data_offsets": [0, 16]},
       "b": {"dtype": "BF16", "shape": [3], "data_offsets": [16, 22]},
       "n": {"dtype": "I64", "shape": [], "data_offsets": [22, 30]}}
      """;

  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource({
    "F16, 0000, 0",
    "F16, 3c00, 1",
    "F16, c000, -2",
    "F16, 7bff, 65504",
    "F16, 0001, 5.9604645e-8",
    "F16, 83ff, -6.097555e-5",
    "F16, 0400, 6.1035156e-5",
    "F16, 3555, 0.33325195",
    "BF16, 3f80, 1",
    "BF16, c000, -2",
    "BF16, 7f7f, 3.3895314e38",
    "BF16, 8001, -9.18355e-41"
  })
  void halvesAreFloats(String type, String bits, float value) {
    ByteBuffer bytes = ByteBuffer.allocate(2).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putShort(0, (short) Integer.parseInt(bits, 16));

    assertThat(ElementType.valueOf(type).next(bytes)).isEqualTo(value);
  }

  @Test
  void tensorsAreReadInPieces() throws Exception {
    try (TensorFile file = TensorFile.open(write(good()))) {
      float[] two = new float[2];
      file.read("a", 1, two, 2);

      assertThat(file.names()).containsExactly("a", "b", "n");
      assertThat(two).containsExactly(2, 3);
      assertThat(file.read("b", List.of(List.of(3L)))).containsExactly(1, 1, 1);
    }
  }

  @Test
  void whatIsReadIsChecked() throws Exception {
    byte[] bytes = good();
    ByteBuffer.wrap(bytes)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putFloat(bytes.length - 30 + 8, Float.NaN);
    Path path = write(bytes);
    try (TensorFile file = TensorFile.open(path)) {
      assertThatThrownBy(() -> file.read("c", List.of()))
          .hasMessage(path + ": there is no tensor \"c\"; it has [a, b, n]");
      assertThatThrownBy(() -> file.read("n", List.of(List.of())))
          .hasMessage(path + ": tensor \"n\" is I64; expected F64, F32, F16 or BF16");
      assertThatThrownBy(() -> file.read("a", List.of(List.of(TensorFile.ANY, 4L), List.of(4L))))
          .hasMessage(path + ": tensor \"a\" has the shape [2, 2]; expected [n, 4] or [4]");
      assertThatThrownBy(() -> file.read("a", List.of(List.of(2L, 2L))))
          .hasMessage(path + ": element 2 of tensor \"a\" is NaN; expected a finite number");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[0, 16]     | [0, 12]   | tensor \"a\", F32 [2, 2], lies at [0, 12]; expected [0, 16]",
        "[16, 22]    | [14, 20]  | tensor \"b\", BF16 [3], lies at [14, 20]; expected [16, 22]",
        "[2, 2]      | [-2, -2]  | tensor \"a\" has the impossible shape [-2, -2]",
        "[2, 2]      | [4611686018427387904, 4] | long overflow",
        "F32         | F31       | tensor \"a\": elements of type F31 are unknown here",
        "[22, 30]    | [22]      | tensor \"n\": data_offsets [22] and shape []",
        "[22, 30]    | [22, null] | tensor \"n\"",
        "'\"dtype\": \"F32\", ' | '' | tensor \"a\": \"dtype\" is missing",
        "\"b\":       | \"a\":    | Duplicate",
        "'}}'         | '}'       | the header, from byte 8 on, is no JSON",
      })
  void headersThatLieAreRefused(String was, String is, String said) throws Exception {
    Path path = write(bytes(HEADER.replaceFirst(Pattern.quote(was), is)));

    assertThatThrownBy(() -> TensorFile.open(path))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith(path.toString())
        .hasMessageContaining(said);
  }

  @Test
  void whatIsNoSuchFileIsRefused() throws Exception {
    byte[] good = good();
    for (int length : new int[] {0, 7, 8, 100, good.length - 1}) {
      byte[] cut = Arrays.copyOf(good, length);
      assertThatThrownBy(() -> TensorFile.open(write(cut))).isInstanceOf(IOException.class);
    }
    assertThatThrownBy(() -> TensorFile.open(write("PK\3\4 a zip of torch.save".getBytes(UTF_8))))
        .hasMessageContaining("not a safetensors file");
  }

  /** A file with a few bytes changed is refused with its name, or is read as some other numbers. */
  @Test
  void damageIsNeverMoreThanRefused() throws Exception {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    byte[] good = good();
    for (int round = 0; round < 3000; round++) {
      byte[] bad = good.clone();
      for (int flips = 1 + random.nextInt(3); flips > 0; flips--) {
        bad[random.nextInt(bad.length)] ^= (byte) (1 << random.nextInt(8));
      }
      Path path = write(bad);
      try (TensorFile file = TensorFile.open(path)) {
        file.read("a", List.of(List.of(2L, 2L)));
        file.read("b", List.of(List.of(3L)));
      } catch (IOException e) {
        assertThat(e.getMessage()).as("seed %s, round %s", seed, round).startsWith(path.toString());
      }
    }
  }

  private static byte[] good() {
    return bytes(HEADER);
  }

  private static byte[] bytes(String header) {
    byte[] text = header.getBytes(UTF_8);
    ByteBuffer bytes = ByteBuffer.allocate(8 + text.length + 30).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(text.length).put(text);
    for (int i = 1; i <= 4; i++) {
      bytes.putFloat(i);
    }
    for (int i = 0; i < 3; i++) {
      bytes.putShort((short) 0x3F80);
    }
    return bytes.putLong(9).array();
  }

  private Path write(byte[] bytes) throws IOException {
    return Files.write(folder.resolve("model.safetensors"), bytes);
  }
}
