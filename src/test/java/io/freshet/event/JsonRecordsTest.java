package io.freshet.event;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class JsonRecordsTest {

  @Test
  void aParserThatFailsInAnUnforeseenWayRejectsTheRecord() {
    Outcome<String> outcome =
        new JsonRecords(100)
            .parse(
                "{}".getBytes(UTF_8),
                json -> {
                  throw new ArrayIndexOutOfBoundsException("7");
                });

    assertThat(outcome)
        .isEqualTo(
            new Outcome.Rejected<>(
                new Rejection(
                    Rejection.Kind.NOT_JSON,
                    "the JSON parser failed: java.lang.ArrayIndexOutOfBoundsException: 7")));
  }
}
