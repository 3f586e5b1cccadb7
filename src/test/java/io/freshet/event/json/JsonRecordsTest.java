package io.freshet.event.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.event.DecodeResult;
import io.freshet.event.Rejection;
import io.freshet.event.frame.RecordHeaders;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonRecordsTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "efbbbf",
        "0000000007",
        "0000000007efbbbf",
        "000000000000000007",
        "0189791762233641869674299b90a802e2",
      })
  void whatARegistrysSerializerPutsBeforeItIsSkipped(String hex) {
    byte[] before = HexFormat.of().parseHex(hex);
    byte[] value = Arrays.copyOf(before, before.length + 8);
    System.arraycopy("{\"a\": 1}".getBytes(UTF_8), 0, value, before.length, 8);

    DecodeResult<String> outcome =
        new JsonRecords(100)
            .parse(
                value,
                RecordHeaders.NONE,
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
                RecordHeaders.NONE,
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
