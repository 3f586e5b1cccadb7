package io.freshet.event;

import static io.freshet.event.Decoded.rejection;
import static io.freshet.event.Rejection.Kind.BAD_TIMESTAMP;
import static io.freshet.event.Rejection.Kind.BAD_VALUE;
import static io.freshet.event.Rejection.Kind.DUPLICATE_KEY;
import static io.freshet.event.Rejection.Kind.EMPTY;
import static io.freshet.event.Rejection.Kind.MISSING_KEY;
import static io.freshet.event.Rejection.Kind.NOT_JSON;
import static io.freshet.event.Rejection.Kind.TOO_LARGE;
import static io.freshet.event.Rejection.Kind.TOO_MANY_VALUES;
import static io.freshet.event.Rejection.Kind.WRONG_TYPE;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.freshet.event.Rejection.Kind;
import io.freshet.event.decode.ImpressionDecoder;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The rejection of a bad impression says where the error is. */
class ImpressionRejectionTest {
  private static final long KAFKA_TIME = 1_767_225_600_000L; // 2026-01-01
  private static final FeatureNames NAMES = new FeatureNames(List.of("user", "price", "genres"));

  private final ImpressionDecoder decoder = new ImpressionDecoder(EventSettings.DEFAULT, NAMES);

  static Stream<Arguments> badRecords() {
    return Stream.of(
        arguments("", EMPTY, "no value"),
        arguments("   ", NOT_JSON, "not a JSON object"),
        arguments("[]", NOT_JSON, "not a JSON object"),
        arguments("'text'", NOT_JSON, "not a JSON object"),
        arguments("{} x", MISSING_KEY, "features is missing; expected an object"),
        arguments(withFeatures("") + " x", NOT_JSON, "Unrecognized token 'x'"),
        arguments(
            withFeatures("") + " {}", NOT_JSON, "something follows the JSON object (byte 67)"),
        arguments("{'impression_id': 'i'", NOT_JSON, "end-of-input"),
        arguments(
            "{'timestamp': 1767225600000, 'features': {}}",
            MISSING_KEY,
            "impression_id is missing"),
        arguments("{'impression_id': 'i', 'features': {}}", MISSING_KEY, "timestamp is missing"),
        arguments(
            "{'impression_id': 'i', 'timestamp': 1767225600000}",
            MISSING_KEY,
            "features is missing"),
        arguments(withId("7"), WRONG_TYPE, "impression_id is a number; expected a string"),
        arguments(withId("null"), MISSING_KEY, "impression_id is missing; expected a string"),
        arguments(withId("''"), BAD_VALUE, "impression_id has 0 characters"),
        arguments(withId("'" + "x".repeat(257) + "'"), BAD_VALUE, "has 257 characters"),
        arguments(withId("'\\ud83d'"), BAD_VALUE, "half a surrogate pair"),
        arguments(
            withId("'i', 'impression_id': 'i'"), DUPLICATE_KEY, "impression_id is a duplicate key"),
        arguments(
            withTime("'2026-01-01'"), WRONG_TYPE, "timestamp is a string; expected an integer"),
        arguments(
            withTime("1767225600000.5"), WRONG_TYPE, "timestamp is a number; expected an integer"),
        arguments(withTime("1767225600"), BAD_TIMESTAMP, "1767225600 is 1970-01-21T10:53:45.600Z"),
        arguments(withTime("946684799999"), BAD_TIMESTAMP, "from the year 2000 on"),
        arguments(withTime("-1"), BAD_TIMESTAMP, "from the year 2000 on"),
        arguments(withTime("1767226200001"), BAD_TIMESTAMP, "more than PT10M ahead"),
        arguments(withTime("9223372036854775807"), BAD_TIMESTAMP, "is no time"),
        arguments(withTime("9223372036854774000"), BAD_TIMESTAMP, "more than PT10M ahead"),
        arguments(withTime("1e400"), BAD_TIMESTAMP, "is no time"),
        arguments(withTime("1" + "0".repeat(2000)), TOO_LARGE, "length"),
        arguments(
            withTime("1767225600000, 'timestamp': 1767225600000"),
            DUPLICATE_KEY,
            "timestamp is a duplicate key"),
        arguments(
            withTime("1767225600000, 'features': {}"),
            DUPLICATE_KEY,
            "features is a duplicate key"),
        arguments(
            withTime("1767225600000, 'weight': 1, 'weight': 1"),
            DUPLICATE_KEY,
            "weight is a duplicate key"),
        arguments(withTime("1767225600000, 'weight': 0"), BAD_VALUE, "weight is 0.0"),
        arguments(withTime("1767225600000, 'weight': -1"), BAD_VALUE, "weight is -1.0"),
        arguments(withTime("1767225600000, 'weight': 1e39"), BAD_VALUE, "weight is Infinity"),
        arguments(withTime("1767225600000, 'weight': NaN"), NOT_JSON, "NaN"),
        arguments("{'features': 'f'}", WRONG_TYPE, "features is a string; expected an object"),
        arguments(
            withFeatures("'price': {}"),
            WRONG_TYPE,
            "features.price is an object; expected a string"),
        arguments(withFeatures("'genres': [['a']]"), WRONG_TYPE, "features.genres is a list"),
        arguments(
            withFeatures("'price': 1, 'price': 1"),
            DUPLICATE_KEY,
            "features.price is a duplicate key"),
        arguments(withFeatures("'price': 1e39"), BAD_VALUE, "features.price is beyond the range"),
        arguments(withFeatures("'price': -1e999"), BAD_VALUE, "features.price is beyond the range"),
        arguments(withFeatures("'price': " + "9".repeat(40)), BAD_VALUE, "beyond the range"),
        arguments(withFeatures("'price': NaN"), NOT_JSON, "NaN"),
        arguments(withFeatures("'price': 1e"), NOT_JSON, "Exponent"),
        arguments(
            withFeatures("'genres': [" + "1,".repeat(1000) + "1]"), TOO_MANY_VALUES, "1000 values"),
        arguments(withFeatures("'unknown': " + "[".repeat(100)), TOO_LARGE, "depth"),
        arguments(
            withFeatures("'user': '" + "x".repeat(1 << 20) + "'"), TOO_LARGE, "at most 1048576"));
  }

  @ParameterizedTest
  @MethodSource("badRecords")
  void aBadRecordIsRejectedWithItsPlaceAndWhatWouldBeRight(String json, Kind kind, String reason) {
    Rejection rejection = rejection(decode(json));

    assertThat(rejection.kind()).as(rejection.reason()).isEqualTo(kind);
    assertThat(rejection.reason()).contains(reason);
  }

  @Test
  void rejectionsNameTheByte() {
    assertThat(rejection(decode(withFeatures("'price': {}"))).reason()).endsWith("(byte 73)");
  }

  @Test
  void tombstonesAndBytesThatAreNotUtf8AreRejected() {
    assertThat(rejection(decoder.decode(null, KAFKA_TIME)).kind()).isEqualTo(EMPTY);
    assertThat(
            rejection(
                    decoder.decode(
                        json(withFeatures("'user': 'é'")).getBytes(ISO_8859_1), KAFKA_TIME))
                .kind())
        .isEqualTo(NOT_JSON);
    assertThat(
            rejection(decoder.decode(json(withFeatures("")).getBytes(UTF_16), KAFKA_TIME)).kind())
        .isEqualTo(NOT_JSON);
  }

  @Test
  void aRecordWithoutKafkaTimestampIsRejected() {
    Rejection rejection = rejection(decoder.decode(json(withFeatures("")).getBytes(UTF_8), -1));

    assertThat(rejection.kind()).isEqualTo(BAD_TIMESTAMP);
    assertThat(rejection.reason()).contains("the Kafka record has no timestamp");
  }

  private DecodeResult<Impression> decode(String json) {
    return decoder.decode(json(json).getBytes(UTF_8), KAFKA_TIME);
  }

  private static String json(String text) {
    return text.replace('\'', '"');
  }

  private static String withId(String id) {
    return "{'impression_id': " + id + ", 'timestamp': 1767225600000, 'features': {}}";
  }

  private static String withTime(String timestamp) {
    return "{'impression_id': 'i', 'features': {}, 'timestamp': " + timestamp + "}";
  }

  private static String withFeatures(String features) {
    return "{'impression_id': 'i', 'timestamp': 1767225600000, 'features': {" + features + "}}";
  }
}
