package io.freshet.event.decode;

import static io.freshet.event.Decoded.good;
import static io.freshet.event.Decoded.rejection;
import static io.freshet.event.Decoded.texts;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.config.LearnerConfig;
import io.freshet.event.Click;
import io.freshet.event.DecodeResult;
import io.freshet.event.Impression;
import io.freshet.event.Rejection.Kind;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecordBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Events of foreign shapes, read by the paths of a configuration. */
final class MappedEventsTest {
  private static final long T = 1_767_225_600_000L;
  private static final String NESTED =
      """
      kafka: {bootstrap-servers: "localhost:9092"}
      events:
        impressions: {id: request.id, timestamp: ts, timestamp-unit: s, weight: meta.w}
        clicks: {id: "ad\\\\.id", timestamp-unit: kafka, action: what}
      features:
        - {name: user, kind: categorical, from: who.id}
        - {name: seller, kind: categorical, from: who.id}
        - {name: items, kind: multi, from: "basket[].id"}
        - {name: shops, kind: multi, from: "basket[].shop.tags"}
        - {name: price, kind: numeric}
      """;

  private final LearnerConfig config = LearnerConfig.parse(NESTED, "learner.yaml", List.of());
  private final ImpressionDecoder impressions =
      new ImpressionDecoder(config.events(), config.features().rawNames());

  @Test
  void usageExample() {
    DecodeResult<Impression> outcome =
        decode(
            """
            {"other": {"deep": [1, 2, {"x": 3}]}, "request": {"id": 17, "at": null},
             "ts": 1767225600, "who": {"id": "u1", "age": 3}, "price": 2.5, "meta": {"w": "0.5"},
             "basket": [{"id": "a", "shop": {"tags": ["s", "t"]}}, null, {"id": "b"},
                        {"shop": {"tags": null}, "id": 5}]}
            """);

    Impression impression = good(outcome);
    assertThat(impression.id()).isEqualTo("17");
    assertThat(impression.timestamp()).isEqualTo(T);
    assertThat(impression.weight()).isEqualTo(0.5f);
    assertThat(values(impression))
        .containsExactly(
            "[STRING u1 0.0]",
            "[STRING u1 0.0]",
            "[STRING a 0.0, STRING b 0.0, INTEGER 5 5.0]",
            "[STRING s 0.0, STRING t 0.0]",
            "[DOUBLE  2.5]");
    assertThat(((DecodeResult.Good<?>) outcome).ignored()).isEqualTo(2);
  }

  @Test
  void aFieldWithoutPathMayBeAtTheTopOrUnderFeatures() {
    Impression top = good(decode("{'request': {'id': 'r'}, 'ts': 1767225600, 'price': 1.5}"));
    Impression below =
        good(decode("{'request': {'id': 'r'}, 'ts': 1767225600, 'features': {'price': 1.5}}"));

    assertThat(values(top)).isEqualTo(values(below)).contains("[DOUBLE  1.5]");
  }

  @Test
  void whatIsIgnoredCountsTowardsNoLimit() {
    String many = String.join(",", Collections.nCopies(5_000, "1"));

    Impression impression =
        good(decode("{'request': {'id': 'r', 'x': [%s]}, 'ts': 1767225600}".formatted(many)));

    assertThat(impression.id()).isEqualTo("r");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "{'request': 'r', 'ts': 1767225600} | WRONG_TYPE | request is a string; expected an object",
        "{'request': {'id': 'r'}} | MISSING_KEY | ts is missing; expected a number, epoch seconds",
        "{'ts': 1767225600} | MISSING_KEY | request.id is missing",
        "{'request': {'id': 'r', 'id': 's'}, 'ts': 1767225600} | DUPLICATE_KEY | request.id",
        "{'who': {'id': 1}, 'who': {'id': 1}} | DUPLICATE_KEY | who.id is a duplicate key",
        "{'basket': [], 'basket': [{'id': 1}]} | DUPLICATE_KEY | is a duplicate key",
        "{'basket': [{'id': {}}]} | WRONG_TYPE | basket[].id is an object",
        "{'basket': {'id': 1}} | WRONG_TYPE | basket is an object; expected a list",
        "{'ts': 'yesterday'} | WRONG_TYPE | ts is a string; expected a number, epoch seconds",
        "{'ts': 1767225600000} | BAD_TIMESTAMP | ahead of the record's Kafka timestamp",
        "{'ts': 9e99} | BAD_TIMESTAMP | ts is no time",
        "{'ts': 17} | BAD_TIMESTAMP | ts is 1970-01-01T00:00:17Z; expected a number, epoch seconds",
      })
  void whatIsWrongIsNamedByItsPath(String json, Kind kind, String words) {
    assertThat(rejection(decode(json)).kind()).isEqualTo(kind);
    assertThat(rejection(decode(json)).reason()).contains(words);
  }

  @ParameterizedTest
  @CsvSource({
    "ms, 1767225600000",
    "ms, '\"1767225600000\"'",
    "s, 1767225600",
    "s, 1767225600.0004",
    "us, 1767225600000999",
    "ns, 1767225600000999999",
    "ns, '\"1767225600000000000\"'",
    "iso-8601, '\"2026-01-01T00:00:00Z\"'",
    "iso-8601, '\"2026-01-01T01:00:00.000+01:00\"'",
  })
  void everyUnitNamesTheSameTime(String unit, String written) {
    ClickDecoder decoder = clicks("{timestamp: at, timestamp-unit: %s}".formatted(unit));

    Click click = good(decoder.decode(bytes("{'impression_id': 'i', 'at': " + written + "}"), T));

    assertThat(click).isEqualTo(new Click("i", T));
  }

  @Test
  void aTimeWithoutZoneIsNoTime() {
    ClickDecoder decoder = clicks("{timestamp-unit: iso-8601}");

    byte[] local = bytes("{'impression_id': 'i', 'timestamp': '2026-01-01T00:00:00'}");

    assertThat(rejection(decoder.decode(local, T)).reason()).contains("with its zone");
  }

  @Test
  void theRecordsOwnTimestampIsTaken() {
    ClickDecoder decoder = new ClickDecoder(config.events(), Optional.empty());

    byte[] buy = bytes("{'ad.id': 'i', 'timestamp': 'whatever', 'what': 'buy'}");

    assertThat(good(decoder.decode(buy, T))).isEqualTo(new Click("i", T, "buy"));
    assertThat(rejection(decoder.decode(buy, -1)).kind()).isEqualTo(Kind.BAD_TIMESTAMP);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "{field: c} | true | 1",
        "{field: c} | false | 0",
        "{field: c} | 0.25 | 0.25",
        "{field: c} | '1' | 1",
        "{field: c, at-least: 4} | 4 | 1",
        "{field: c, at-least: 4} | 3.9 | 0",
        "{field: c, at-least: 4} | '5' | 1",
        "{field: c, at-least: 4} | true | 1",
        "{field: c, at-least: -1} | -0.5 | 1",
        "{field: c, default: 0} | null | 0",
      })
  void anImpressionMaySayItsLabel(String label, String value, float expected) {
    assertThat(good(labeled(label, value)).label()).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "null | MISSING_KEY | c is missing; expected a label from 0 to 1",
        "4 | BAD_VALUE | c is 4.0; expected a label from 0 to 1",
        "-0.1 | BAD_VALUE | c is -0.1",
        "1e999 | BAD_VALUE | c is Infinity",
        "'1e999' | BAD_VALUE | c is Infinity",
        "'NaN' | WRONG_TYPE | c is a string",
        "'yes' | WRONG_TYPE | c is a string",
        "'0x1' | WRONG_TYPE | c is a string",
        "[1] | WRONG_TYPE | c is a list",
        "1, 'c': 1 | DUPLICATE_KEY | c is a duplicate key",
      })
  void aBadLabelIsADeadLetter(String value, Kind kind, String words) {
    assertThat(rejection(labeled("{field: c}", value)).kind()).isEqualTo(kind);
    assertThat(rejection(labeled("{field: c}", value)).reason()).contains(words);
  }

  private static DecodeResult<Impression> labeled(String label, String value) {
    LearnerConfig config =
        LearnerConfig.parse(
            NESTED
                .replace("clicks: {", "impressions: {label: " + label + "}\n  clicks: {")
                .replaceFirst("  impressions: \\{id.*\n", ""),
            "learner.yaml",
            List.of());
    byte[] json = bytes("{'impression_id': 'i', 'timestamp': %s, 'c': %s}".formatted(T, value));
    return new ImpressionDecoder(config.events(), config.features().rawNames()).decode(json, T);
  }

  @Test
  void avroIsMappedAsItsJsonIs() {
    AvroValues avro = new AvroValues();
    Schema who = new Schema.Parser().parse(WHO);
    Schema line = new Schema.Parser().parse(LINE);
    Schema schema = avro.put(3, SHOWN.formatted(WHO, LINE));
    byte[] record =
        avro.write(
            3,
            new GenericRecordBuilder(schema)
                .set("request", java.util.Map.of("id", "r"))
                .set("ts", T * 1000)
                .set("who", new GenericRecordBuilder(who).set("id", "u1").build())
                .set(
                    "basket",
                    List.of(
                        new GenericRecordBuilder(line).set("id", 5L).build(),
                        new GenericRecordBuilder(line).set("id", 6L).build()))
                .set("price", 2.5)
                .set("extra", new GenericData.EnumSymbol(schema.getField("extra").schema(), "A"))
                .build());

    ImpressionDecoder decoder =
        new ImpressionDecoder(
            config.events(), config.features().rawNames(), avro.records(config.events()));

    Impression read = good(decoder.decode(record, T));
    Impression same =
        good(
            decode(
                "{'request': {'id': 'r'}, 'ts': 1767225600, 'who': {'id': 'u1'}, 'price': 2.5,"
                    + " 'basket': [{'id': 5}, {'id': 6}], 'extra': 'A'}"));
    assertThat(read.timestamp()).isEqualTo(same.timestamp());
    assertThat(read.id()).isEqualTo(same.id());
    assertThat(values(read)).isEqualTo(values(same));
  }

  private static final String WHO =
      "{\"type\": \"record\", \"name\": \"Who\", \"fields\": [{\"name\": \"id\", \"type\":"
          + " \"string\"}]}";
  private static final String LINE =
      "{\"type\": \"record\", \"name\": \"Line\", \"fields\": [{\"name\": \"id\", \"type\":"
          + " \"long\"}]}";
  private static final String SHOWN =
      """
      {"type": "record", "name": "Shown", "fields": [
        {"name": "request", "type": {"type": "map", "values": "string"}},
        {"name": "ts", "type": {"type": "long", "logicalType": "timestamp-micros"}},
        {"name": "who", "type": %s},
        {"name": "basket", "type": {"type": "array", "items": %s}},
        {"name": "price", "type": "double"},
        {"name": "extra", "type": {"type": "enum", "name": "E", "symbols": ["A"]}}]}
      """;

  private static ClickDecoder clicks(String mapping) {
    String yaml =
        """
        kafka: {bootstrap-servers: "localhost:9092"}
        events: {clicks: %s}
        features: [{name: user, kind: categorical}]
        """
            .formatted(mapping);
    return new ClickDecoder(LearnerConfig.parse(yaml, "learner.yaml", List.of()).events());
  }

  private static List<String> values(Impression impression) {
    return List.of(0, 1, 2, 3, 4).stream()
        .map(feature -> texts(impression.features(), feature).toString())
        .toList();
  }

  private DecodeResult<Impression> decode(String json) {
    return impressions.decode(bytes(json), T);
  }

  private static byte[] bytes(String json) {
    return json.replace('\'', '"').getBytes(UTF_8);
  }
}
