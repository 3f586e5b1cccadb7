package io.freshet.event.decode;

import static io.freshet.event.Decoded.good;
import static io.freshet.event.Decoded.rejection;
import static io.freshet.event.Decoded.texts;
import static io.freshet.event.Rejection.Kind.BAD_TIMESTAMP;
import static io.freshet.event.Rejection.Kind.TOO_LARGE;
import static io.freshet.event.Rejection.Kind.TOO_MANY_VALUES;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.event.DecodeResult;
import io.freshet.event.EventSettings;
import io.freshet.event.FeatureNames;
import io.freshet.event.Impression;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ImpressionDecoderTest {
  private static final long KAFKA_TIME = 1_767_225_600_000L; // 2026-01-01
  private static final FeatureNames NAMES = new FeatureNames(List.of("user", "price", "genres"));

  private final ImpressionDecoder decoder = new ImpressionDecoder(EventSettings.DEFAULT, NAMES);

  @Test
  void usageExample() {
    String json =
        """
        {"impression_id": "i1", "timestamp": 1767225600000, "weight": 2,
         "features": {"user": "u17", "price": 12.5, "genres": ["drama", "war"]}}\
        """;

    Impression impression = good(decode(json));

    assertThat(impression.id()).isEqualTo("i1");
    assertThat(impression.timestamp()).isEqualTo(1767225600000L);
    assertThat(impression.weight()).isEqualTo(2);
    assertThat(texts(impression.features(), 0)).containsExactly("STRING u17 0.0");
    assertThat(texts(impression.features(), 1)).containsExactly("DOUBLE  12.5");
    assertThat(texts(impression.features(), 2))
        .containsExactly("STRING drama 0.0", "STRING war 0.0");
    assertThat(impression.features().isList(2)).isTrue();
  }

  @Test
  void absentNullAndEmptyListsAreMissing() {
    Impression impression = good(decode(withFeatures("'price': null, 'genres': [null]")));

    assertThat(texts(impression.features(), 0)).isEmpty();
    assertThat(texts(impression.features(), 1)).isEmpty();
    assertThat(texts(impression.features(), 2)).isEmpty();
    assertThat(impression.weight()).isEqualTo(1);
  }

  @Test
  void integersOfAnyLengthKeepTheirDigits() {
    Impression impression =
        good(
            decode(withFeatures("'user': 9007199254740993, 'genres': [18446744073709551615, -0]")));

    assertThat(texts(impression.features(), 0))
        .containsExactly("INTEGER 9007199254740993 9.007199254740992E15");
    assertThat(texts(impression.features(), 2))
        .containsExactly("INTEGER 18446744073709551615 1.8446744073709552E19", "INTEGER 0 0.0");
  }

  @Test
  void textIsKeptInUtf8AndALoneSurrogateAsTheReplacementCharacter() {
    Impression impression =
        good(decode(withFeatures("'genres': ['é', '€', '😀', 'a\\ud83db', '\\ude00']")));

    assertThat(texts(impression.features(), 2))
        .containsExactly(
            "STRING é 0.0",
            "STRING € 0.0",
            "STRING 😀 0.0",
            "STRING a\uFFFDb 0.0",
            "STRING \uFFFD 0.0");
  }

  @Test
  void unknownKeysAndFeaturesAreIgnoredAndCounted() {
    String json =
        "{'more': {'a': [1, {}]}, 'impression_id': 'i', 'timestamp': 1767225600000,"
            + " 'features': {'x': {'y': [1]}, 'user': 'u', 'z': 1e999, 'x': 2}}";

    for (int time = 0; time < 2; time++) {
      assertThat(decode(json))
          .isInstanceOfSatisfying(
              DecodeResult.Good.class, r -> assertThat(r.ignored()).isEqualTo(4));
    }
    assertThat(texts(good(decode(json)).features(), 0)).containsExactly("STRING u 0.0");
  }

  @Test
  void aRecordLeavesNothingBehindForTheNext() {
    Impression first = good(decode(withFeatures("'user': 'u1', 'genres': ['a', 'b']")));
    rejection(decode(withFeatures("'user': 'u2', 'price': {}")));
    Impression second = good(decode(withFeatures("'genres': 'c'")));

    assertThat(texts(first.features(), 2)).containsExactly("STRING a 0.0", "STRING b 0.0");
    assertThat(texts(second.features(), 0)).isEmpty();
    assertThat(texts(second.features(), 2)).containsExactly("STRING c 0.0");
    assertThat(second.features().isList(2)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"1767225600000.0", "1.7672256e12", "946684800000", "1767226200000"})
  void timesFromTheYear2000ToTheLimitAheadAreGood(String timestamp) {
    good(decode("{'impression_id': 'i', 'features': {}, 'timestamp': " + timestamp + "}"));
  }

  @Test
  void anIdMayHave256CharactersOfTwoCharsEach() {
    good(
        decode(
            "{'timestamp': 1767225600000, 'features': {}, 'impression_id': '"
                + "😀".repeat(256)
                + "'}"));
  }

  @Test
  void limitsComeFromTheSettings() {
    ImpressionDecoder strict =
        new ImpressionDecoder(EventSettings.DEFAULT.withLimits(100, 1, Duration.ZERO), NAMES);
    byte[] fits = json(withFeatures("'user': 'u'")).getBytes(UTF_8);
    byte[] tooMany = json(withFeatures("'user': 'u', 'price': 1")).getBytes(UTF_8);

    good(strict.decode(fits, KAFKA_TIME));
    assertThat(rejection(strict.decode(fits, KAFKA_TIME - 1)).kind()).isEqualTo(BAD_TIMESTAMP);
    assertThat(rejection(strict.decode(tooMany, KAFKA_TIME)).kind()).isEqualTo(TOO_MANY_VALUES);
    assertThat(rejection(strict.decode(Arrays.copyOf(fits, 101), KAFKA_TIME)).kind())
        .isEqualTo(TOO_LARGE);
  }

  @Test
  void valuesThatAreSkippedCountTowardsNoLimit() {
    DecodeResult<Impression> outcome =
        decode(withFeatures("'unknown': [" + "1,".repeat(1000) + "1]"));

    good(outcome);
    assertThat(((DecodeResult.Good<Impression>) outcome).ignored()).isEqualTo(1);
  }

  private DecodeResult<Impression> decode(String json) {
    return decoder.decode(json(json).getBytes(UTF_8), KAFKA_TIME);
  }

  private static String json(String text) {
    return text.replace('\'', '"');
  }

  private static String withFeatures(String features) {
    return "{'impression_id': 'i', 'timestamp': 1767225600000, 'features': {" + features + "}}";
  }
}
