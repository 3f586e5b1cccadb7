package io.freshet.event.decode;

import static io.freshet.event.Decoded.good;
import static io.freshet.event.Decoded.rejection;
import static io.freshet.event.Rejection.Kind.BAD_TIMESTAMP;
import static io.freshet.event.Rejection.Kind.BAD_VALUE;
import static io.freshet.event.Rejection.Kind.DUPLICATE_KEY;
import static io.freshet.event.Rejection.Kind.EMPTY;
import static io.freshet.event.Rejection.Kind.MISSING_KEY;
import static io.freshet.event.Rejection.Kind.NOT_JSON;
import static io.freshet.event.Rejection.Kind.TOO_LARGE;
import static io.freshet.event.Rejection.Kind.WRONG_TYPE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.event.Click;
import io.freshet.event.DecodeResult;
import io.freshet.event.EventSettings;
import io.freshet.event.Rejection;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ClickDecoderTest {
  private static final long KAFKA_TIME = 1_767_225_600_000L;

  private final ClickDecoder decoder =
      new ClickDecoder(EventSettings.DEFAULT.withLimits(120, 10, Duration.ofMinutes(1)));

  @Test
  void usageExample() {
    DecodeResult<Click> outcome = decode("{'impression_id': 'i1', 'timestamp': 1767225603500}");

    assertThat(outcome).isEqualTo(new DecodeResult.Good<>(new Click("i1", 1767225603500L), 0));
  }

  @Test
  void unknownKeysAreIgnoredAndCounted() {
    DecodeResult<Click> outcome =
        decode("{'x': [{}], 'impression_id': 'i1', 'y': 0, 'timestamp': 1767225603500}");

    assertThat(outcome).isEqualTo(new DecodeResult.Good<>(new Click("i1", 1767225603500L), 2));
  }

  @Test
  void badClicksAreRejected() {
    assertRejected("", EMPTY);
    assertRejected("click", NOT_JSON);
    assertRejected("{'impression_id': 'i1'}", MISSING_KEY);
    assertRejected("{'timestamp': 1767225603500}", MISSING_KEY);
    assertRejected("{'impression_id': 'i1', 'impression_id': 'i2'}", DUPLICATE_KEY);
    assertRejected("{'impression_id': 'i1', 'timestamp': 1767225660001}", BAD_TIMESTAMP);
    assertRejected("{'impression_id': '" + "x".repeat(120) + "'}", TOO_LARGE);
  }

  @Test
  void actionIsThatOfTheRecordOrOfItsTopic() {
    String named = "{'impression_id': 'i', 'timestamp': 1767225603500, 'action': 'like'}";
    String nameless = "{'impression_id': 'i', 'timestamp': 1767225603500}";
    ClickDecoder sales = new ClickDecoder(EventSettings.DEFAULT, Optional.of("sale"));
    ClickDecoder mixed = new ClickDecoder(EventSettings.DEFAULT, Optional.empty());

    assertThat(action(decoder, named)).isEqualTo("like");
    assertThat(action(decoder, nameless)).isEqualTo(Click.CLICK);
    assertThat(action(sales, nameless)).isEqualTo("sale");
    assertThat(action(mixed, named)).isEqualTo("like");
    assertThat(mixed.decode(bytes(nameless), KAFKA_TIME))
        .isEqualTo(
            new DecodeResult.Rejected<>(
                new Rejection(
                    MISSING_KEY,
                    "action is missing; expected a string of 1 to 64 characters, as the topic holds"
                        + " several")));
  }

  @Test
  void nullIsAsIfAbsent() {
    String rest = "'impression_id': 'i', 'timestamp': 1767225603500}";

    assertThat(action(decoder, "{'action': null, " + rest)).isEqualTo(Click.CLICK);
    assertThat(decode("{'x': null, " + rest))
        .isEqualTo(new DecodeResult.Good<>(new Click("i", 1767225603500L), 0));
    assertRejected("{'impression_id': null, 'timestamp': 1767225603500}", MISSING_KEY);
    assertRejected("{'impression_id': 'i', 'timestamp': null}", MISSING_KEY);
  }

  @Test
  void badActionsAreRejected() {
    assertRejected("{'action': 7}", WRONG_TYPE);
    assertRejected("{'action': ''}", BAD_VALUE);
    assertRejected("{'action': '" + "x".repeat(65) + "'}", BAD_VALUE);
    assertRejected("{'action': 'a', 'action': 'a'}", DUPLICATE_KEY);
  }

  private static String action(ClickDecoder decoder, String json) {
    return good(decoder.decode(bytes(json), KAFKA_TIME)).action();
  }

  private static byte[] bytes(String json) {
    return json.replace('\'', '"').getBytes(UTF_8);
  }

  private void assertRejected(String json, Rejection.Kind kind) {
    assertThat(rejection(decode(json)).kind()).isEqualTo(kind);
  }

  private DecodeResult<Click> decode(String json) {
    return decoder.decode(bytes(json), KAFKA_TIME);
  }
}
