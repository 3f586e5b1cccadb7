package io.freshet.event.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.event.DecodeResult;
import io.freshet.event.Rejection;
import org.junit.jupiter.api.Test;

class JsonRecordsTest {
  @Test
  void aByteOrderMarkIsSkipped() {
    byte[] marked = "\uFEFF{\"a\": 1}".getBytes(UTF_8);

    DecodeResult<String> outcome =
        new JsonRecords(100)
            .parse(
                marked,
                json -> {
                  String key = json.nextFieldName();
                  json.nextToken();
                  json.nextToken();
                  return new DecodeResult.Good<>(key, 0);
                });

    assertThat(outcome).isEqualTo(new DecodeResult.Good<>("a", 0));
  }

  @Test
  void aParserThatFailsInAnUnforeseenWayRejectsTheRecord() {
    DecodeResult<String> outcome =
        new JsonRecords(100)
            .parse(
                "{}".getBytes(UTF_8),
                json -> {
                  throw new ArrayIndexOutOfBoundsException("7");
                });

    assertThat(outcome)
        .isEqualTo(
            new DecodeResult.Rejected<>(
                new Rejection(
                    Rejection.Kind.NOT_JSON,
                    "the JSON parser failed: java.lang.ArrayIndexOutOfBoundsException: 7")));
  }
}
