package io.freshet.event;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;

/**
 * Feeds the decoders good records that were damaged: bytes changed, cut out, doubled, replaced, and
 * hostile pieces put in. Whatever comes, a decoder returns a good and finite value or a rejection
 * with its reason, and is as good as new for the next record.
 */
class DecoderFuzzTest {
  private static final long KAFKA_TIME = 1_767_225_600_000L;
  private static final int RECORDS = 5000;
  private static final EventSettings SETTINGS =
      new EventSettings(1 << 20, 100, Duration.ofHours(1));

  private static final byte[] GOOD =
      """
      {"impression_id": "i-17", "timestamp": 1767225600000, "weight": 0.5, "features":
       {"user": "u\\u00e9\\ud83d\\ude00€", "price": -12.5e-3, "genres": ["drama", 7, true, null],
        "other": {"deep": [[1], {"a": "b"}]}, "n": 12345678901234567890}}"""
          .getBytes(UTF_8);

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
          "null",
          "}",
          "]",
          ",",
          "/* */");

  private final FeatureNames names = new FeatureNames(List.of("user", "price", "genres", "n"));
  private final ImpressionDecoder impressions = new ImpressionDecoder(SETTINGS, names);
  private final ClickDecoder clicks = new ClickDecoder(SETTINGS);

  @RepeatedTest(4)
  void damagedRecordsAreGoodOrRejectedAndNeverThrow(RepetitionInfo repetition) {
    long seed = 20260101L + repetition.getCurrentRepetition();
    Random random = new Random(seed);
    int good = 0;
    for (int i = 0; i < RECORDS; i++) {
      byte[] record = damaged(random);
      try {
        good += check(impressions.decode(record, KAFKA_TIME)) ? 1 : 0;
        check(clicks.decode(record, KAFKA_TIME));
      } catch (Throwable e) {
        fail("seed %d, record %d: %s".formatted(seed, i, new String(record, UTF_8)), e);
      }
    }

    assertThat(good).as("seed %d", seed).isBetween(RECORDS / 100, RECORDS * 9 / 10);
    assertThat(impressions.decode(GOOD, KAFKA_TIME)).isInstanceOf(Outcome.Good.class);
  }

  @RepeatedTest(4)
  void randomBytesAreRejected(RepetitionInfo repetition) {
    long seed = 20260201L + repetition.getCurrentRepetition();
    Random random = new Random(seed);
    for (int i = 0; i < RECORDS; i++) {
      byte[] record = new byte[random.nextInt(200)];
      random.nextBytes(record);

      assertThat(check(impressions.decode(record, KAFKA_TIME))).as("seed %d", seed).isFalse();
    }
  }

  private static boolean check(Outcome<?> outcome) {
    if (outcome instanceof Outcome.Rejected<?> rejected) {
      assertThat(rejected.rejection().reason())
          .isNotBlank()
          .hasSizeLessThan(2000)
          .doesNotContain("the JSON parser failed");
      return false;
    }
    if (((Outcome.Good<?>) outcome).value() instanceof Impression impression) {
      assertThat(impression.weight()).isPositive().isFinite();
      assertThat(impression.id()).isNotEmpty();
      checkFinite(impression.features());
    }
    return true;
  }

  private static void checkFinite(FeatureValues values) {
    for (int feature = 0; feature < values.names().size(); feature++) {
      for (int i = 0; i < values.count(feature); i++) {
        assertThat((float) values.number(values.first(feature) + i)).isFinite();
      }
    }
  }

  private static byte[] damaged(Random random) {
    byte[] record = GOOD.clone();
    for (int times = 1 + random.nextInt(3); times > 0; times--) {
      int from = random.nextInt(record.length + 1);
      int to = Math.min(record.length, from + random.nextInt(20));
      record =
          switch (random.nextInt(5)) {
            case 0 -> spliced(record, from, to, new byte[0]);
            case 1 -> spliced(record, from, from, Arrays.copyOfRange(record, from, to));
            case 2 -> spliced(record, from, Math.min(record.length, from + 1), oneByte(random));
            case 3 -> spliced(record, from, to, hostile(random));
            default -> atValue(record, random, hostile(random));
          };
    }
    return record;
  }

  /** Puts the piece where a value stands, so that it is more than a syntax error. */
  private static byte[] atValue(byte[] record, Random random, byte[] piece) {
    int[] colons = IntStream.range(0, record.length).filter(i -> record[i] == ':').toArray();
    if (colons.length == 0) {
      return record;
    }
    int from = colons[random.nextInt(colons.length)] + 1;
    int to = from;
    while (to < record.length && record[to] != ',' && record[to] != '}') {
      to++;
    }
    return spliced(record, from, to, piece);
  }

  private static byte[] hostile(Random random) {
    return HOSTILE.get(random.nextInt(HOSTILE.size())).getBytes(UTF_8);
  }

  private static byte[] oneByte(Random random) {
    return new byte[] {(byte) random.nextInt(256)};
  }

  private static byte[] spliced(byte[] record, int from, int to, byte[] piece) {
    byte[] result = new byte[record.length - (to - from) + piece.length];
    System.arraycopy(record, 0, result, 0, from);
    System.arraycopy(piece, 0, result, from, piece.length);
    System.arraycopy(record, to, result, from + piece.length, record.length - to);
    return result;
  }
}
