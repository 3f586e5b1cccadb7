package io.freshet;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Damages texts: bytes changed, cut out, doubled, replaced, and hostile pieces put in, among them
 * where a value stands, so that what comes out is more than a syntax error.
 */
public final class Damage {
  private static final List<String> HOSTILE =
      List.of(
          "NaN",
          "-Infinity",
          "1e999",
          "-1e-999999999",
          "9".repeat(2000),
          "0." + "0".repeat(900) + "1",
          "\"\\ud83d\"",
          "\"\\ude00\\ud83d\"",
          "\u0000",
          "\"features\": {},",
          "\"timestamp\": 1767225600000,",
          "[".repeat(2000),
          "{\"a\":".repeat(2000),
          "\"" + "x".repeat(1 << 17) + "\"",
          "\"" + "k".repeat(60_000) + "\": 1,",
          "\"../../etc/passwd\"",
          "\"" + "\\\\".repeat(3) + "\"",
          "!!javax.script.ScriptEngineManager [a]",
          "&a [*a, *a]",
          "? :",
          "-1",
          "99999999999999999999",
          "true",
          "[]",
          "{}",
          "null",
          "}",
          "]",
          ",",
          "/* */");

  private final byte[] good;
  private final Random random;

  public Damage(String good, Random random) {
    this.good = good.getBytes(UTF_8);
    this.random = random;
  }

  /** The text, damaged once to three times. */
  public byte[] next() {
    byte[] record = good.clone();
    for (int times = 1 + random.nextInt(3); times > 0; times--) {
      int from = random.nextInt(record.length + 1);
      int to = Math.min(record.length, from + random.nextInt(20));
      record =
          switch (random.nextInt(5)) {
            case 0 -> spliced(record, from, to, new byte[0]);
            case 1 -> spliced(record, from, from, Arrays.copyOfRange(record, from, to));
            case 2 -> spliced(record, from, Math.min(record.length, from + 1), oneByte());
            case 3 -> spliced(record, from, to, hostile());
            default -> atValue(record, hostile());
          };
    }
    return record;
  }

  private static byte[] spliced(byte[] record, int from, int to, byte[] piece) {
    byte[] result = new byte[record.length - (to - from) + piece.length];
    System.arraycopy(record, 0, result, 0, from);
    System.arraycopy(piece, 0, result, from, piece.length);
    System.arraycopy(record, to, result, from + piece.length, record.length - to);
    return result;
  }

  private byte[] atValue(byte[] record, byte[] piece) {
    int[] colons = IntStream.range(0, record.length).filter(i -> record[i] == ':').toArray();
    if (colons.length == 0) {
      return record;
    }
    int from = colons[random.nextInt(colons.length)] + 1;
    int to = from;
    while (to < record.length && record[to] != ',' && record[to] != '}' && record[to] != '\n') {
      to++;
    }
    return spliced(record, from, to, piece);
  }

  private byte[] hostile() {
    return HOSTILE.get(random.nextInt(HOSTILE.size())).getBytes(UTF_8);
  }

  private byte[] oneByte() {
    return new byte[] {(byte) random.nextInt(256)};
  }
}
