package io.freshet.event.decode;

import static io.freshet.event.Decoded.isSaneAndGood;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.freshet.Damage;
import io.freshet.event.DecodeResult;
import io.freshet.event.EventSettings;
import io.freshet.event.FeatureNames;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;

/**
 * Feeds the decoders good records that were damaged. Whatever comes, a decoder returns a good and
 * finite value or a rejection with its reason, and is as good as new for the next record.
 */
class DecoderFuzzTest {
  private static final long KAFKA_TIME = 1_767_225_600_000L;
  private static final int RECORDS = 5000;
  private static final EventSettings SETTINGS =
      EventSettings.DEFAULT.withLimits(1 << 20, 100, Duration.ofHours(1));

  private static final String GOOD =
      """
      {"impression_id": "i-17", "timestamp": 1767225600000, "weight": 0.5, "features":
       {"user": "u\\u00e9\\ud83d\\ude00€", "price": -12.5e-3, "genres": ["drama", 7, true, null],
        "other": {"deep": [[1], {"a": "b"}]}, "n": 12345678901234567890}}\
      """;

  private final FeatureNames names = new FeatureNames(List.of("user", "price", "genres", "n"));
  private final ImpressionDecoder impressions = new ImpressionDecoder(SETTINGS, names);
  private final ClickDecoder clicks = new ClickDecoder(SETTINGS);

  @RepeatedTest(4)
  void damagedRecordsAreGoodOrRejectedAndNeverThrow(RepetitionInfo repetition) {
    long seed = 20260101L + repetition.getCurrentRepetition();
    Damage damage = new Damage(GOOD, new Random(seed));
    int good = 0;
    for (int i = 0; i < RECORDS; i++) {
      byte[] record = damage.next();
      try {
        good += isSaneAndGood(impressions.decode(record, KAFKA_TIME)) ? 1 : 0;
        isSaneAndGood(clicks.decode(record, KAFKA_TIME));
      } catch (Throwable e) {
        fail("seed %s, record %s: %s".formatted(seed, i, new String(record, UTF_8)), e);
      }
    }

    assertThat(good).as("seed %d", seed).isBetween(RECORDS / 100, RECORDS * 9 / 10);
    assertThat(impressions.decode(GOOD.getBytes(UTF_8), KAFKA_TIME))
        .isInstanceOf(DecodeResult.Good.class);
  }

  @RepeatedTest(4)
  void randomBytesAreRejected(RepetitionInfo repetition) {
    long seed = 20260201L + repetition.getCurrentRepetition();
    Random random = new Random(seed);
    for (int i = 0; i < RECORDS; i++) {
      byte[] record = new byte[random.nextInt(200)];
      random.nextBytes(record);

      assertThat(isSaneAndGood(impressions.decode(record, KAFKA_TIME)))
          .as("seed %d", seed)
          .isFalse();
    }
  }
}
