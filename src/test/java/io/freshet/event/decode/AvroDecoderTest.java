package io.freshet.event.decode;

import static io.freshet.event.Decoded.good;
import static io.freshet.event.Decoded.rejection;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.freshet.event.Click;
import io.freshet.event.DecodeResult;
import io.freshet.event.EventSettings;
import io.freshet.event.FeatureNames;
import io.freshet.event.FeatureValues;
import io.freshet.event.RejectedException;
import io.freshet.event.Rejection;
import io.freshet.event.Rejection.Kind;
import io.freshet.event.avro.AvroRecords;
import io.freshet.event.frame.SchemaId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecordBuilder;
import org.junit.jupiter.api.Test;

final class AvroDecoderTest {
  private static final long T = 1_767_225_600_000L;
  private static final EventSettings SETTINGS =
      EventSettings.DEFAULT.withLimits(200, 10, Duration.ofHours(1));
  private static final String CLICK =
      """
      {"type": "record", "name": "Click", "fields": [
        {"name": "impression_id", "type": "string"},
        {"name": "timestamp", "type": %s},
        {"name": "action", "type": ["null", {"type": "enum", "name": "What",
          "symbols": ["click", "buy"]}], "default": null}]}
      """;
  private static final String IMPRESSION =
      """
      {"type": "record", "name": "Impression", "fields": [
        {"name": "impression_id", "type": "string"},
        {"name": "timestamp", "type": "long"},
        {"name": "features", "type": {"type": "map", "values": %s}}]}
      """;

  private final AvroValues avro = new AvroValues();
  private final ClickDecoder clicks =
      new ClickDecoder(SETTINGS, Optional.of("click"), avro.records(SETTINGS));
  private final ImpressionDecoder impressions =
      new ImpressionDecoder(SETTINGS, new FeatureNames(List.of("f", "g")), avro.records(SETTINGS));

  @Test
  void usageExample() {
    Schema schema = avro.put(7, CLICK.formatted("\"long\""));

    byte[] value =
        avro.write(
            7,
            new GenericRecordBuilder(schema)
                .set("impression_id", "i1")
                .set("timestamp", T)
                .build());

    assertThat(clicks.decode(value, T)).isEqualTo(new DecodeResult.Good<>(new Click("i1", T), 0));
  }

  @Test
  void aHeaderNamesTheSchemaOfARecordWithoutPrefix() {
    byte[] prefixed = click(7, "\"long\"", T, null);
    byte[] bare = Arrays.copyOfRange(prefixed, 5, prefixed.length);
    byte[] id = ByteBuffer.allocate(8).putLong(7).array();

    assertThat(clicks.decode(bare, Map.of("apicurio.value.contentId", id)::get, T))
        .isEqualTo(new DecodeResult.Good<>(new Click("i1", T), 0));
    assertRejected(clicks.decode(bare, T), Kind.NOT_AVRO, "expected the schema's id");
  }

  @Test
  void aSchemaMayChangeFromRecordToRecord() {
    byte[] old = click(1, "\"long\"", T, null);
    byte[] renewed =
        click(
            2, "{\"type\": \"long\", \"logicalType\": \"timestamp-micros\"}", T * 1000 + 7, "buy");

    assertThat(clicks.decode(old, T)).isEqualTo(new DecodeResult.Good<>(new Click("i1", T), 0));
    assertThat(clicks.decode(renewed, T))
        .isEqualTo(new DecodeResult.Good<>(new Click("i1", T, "buy"), 0));
    assertThat(clicks.decode(old, T)).isEqualTo(new DecodeResult.Good<>(new Click("i1", T), 0));
  }

  @Test
  void timesOfEveryPrecisionAreRead() {
    String nanos = "{\"type\": \"long\", \"logicalType\": \"timestamp-nanos\"}";
    String millis = "[\"null\", {\"type\": \"long\", \"logicalType\": \"timestamp-millis\"}]";

    assertThat(clicks.decode(click(1, nanos, T * 1_000_000 + 999_999, null), T))
        .isEqualTo(new DecodeResult.Good<>(new Click("i1", T), 0));
    assertThat(clicks.decode(click(2, millis, T, null), T))
        .isEqualTo(new DecodeResult.Good<>(new Click("i1", T), 0));
  }

  @Test
  void aTimeWithoutAZoneIsRefused() {
    String local = "{\"type\": \"long\", \"logicalType\": \"local-timestamp-millis\"}";

    assertRejected(
        clicks.decode(click(9, local, T, null), T),
        Kind.WRONG_TYPE,
        "timestamp is a local-timestamp-millis",
        "[schema 9 Click]");
  }

  @Test
  void whatIsWrongHasTheNameItHasInJson() {
    byte[] seconds = click(1, "\"long\"", T / 1000, null);
    byte[] ahead = click(1, "\"long\"", T + 3_600_001, null);
    byte[] text = click(2, "\"string\"", "yesterday", null);

    assertRejected(clicks.decode(seconds, T), Kind.BAD_TIMESTAMP, "timestamp " + T / 1000);
    assertRejected(clicks.decode(ahead, T), Kind.BAD_TIMESTAMP, "ahead of the record's Kafka");
    assertRejected(clicks.decode(text, T), Kind.WRONG_TYPE, "timestamp is a string");
    assertRejected(impressions.decode(seconds, T), Kind.BAD_TIMESTAMP, "timestamp");
  }

  @Test
  void aSchemaWithoutTheKeysIsNamed() {
    avro.put(4, "{\"type\": \"record\", \"name\": \"Page\", \"fields\": []}");
    avro.put(5, "\"string\"");

    assertRejected(
        clicks.decode(avro.write(4, new GenericData.Record(schema(4))), T),
        Kind.MISSING_KEY,
        "impression_id is missing",
        "[schema 4 Page]");
    assertRejected(
        clicks.decode(avro.write(5, "text"), T), Kind.WRONG_TYPE, "the value is no record");
  }

  @Test
  void whatIsNoAvroIsToldFromWhatIsOfAnUnknownSchema() {
    byte[] good = click(1, "\"long\"", T, null);
    byte[] unknown = ByteBuffer.wrap(good.clone()).putInt(1, 77).array();
    byte[] longer = Arrays.copyOf(good, good.length + 2);
    byte[] shorter = Arrays.copyOf(good, good.length - 1);

    assertRejected(clicks.decode("{\"a\": 1}".getBytes(UTF_8), T), Kind.NOT_AVRO, "byte 123");
    assertRejected(clicks.decode(new byte[] {0, 0, 0}, T), Kind.NOT_AVRO, "3 bytes");
    assertRejected(clicks.decode(unknown, T), Kind.UNKNOWN_SCHEMA, "no schema 77");
    assertRejected(clicks.decode(longer, T), Kind.NOT_AVRO, "2 bytes follow the record");
    assertRejected(clicks.decode(shorter, T), Kind.NOT_AVRO, "should follow", "[schema 1 Click]");
    assertRejected(clicks.decode(null, T), Kind.EMPTY, "no value");
    assertRejected(clicks.decode(new byte[201], T), Kind.TOO_LARGE, "201 bytes");
  }

  @Test
  void bytesAreNoFeature() {
    assertRejected(
        impressions.decode(impression("\"bytes\"", Map.of("f", ByteBuffer.wrap(new byte[3]))), T),
        Kind.WRONG_TYPE,
        "features.f is bytes");
    assertThat(
            impressions.decode(
                impression("\"bytes\"", Map.of("x", ByteBuffer.wrap(new byte[3]))), T))
        .isInstanceOf(DecodeResult.Good.class);
  }

  @Test
  void numbersThatAreNoneAreRefused() {
    for (double bad : new double[] {Double.NaN, Double.POSITIVE_INFINITY, 1e39}) {
      assertRejected(
          impressions.decode(impression("\"double\"", Map.of("f", bad)), T),
          Kind.BAD_VALUE,
          "features.f");
    }
  }

  @Test
  void aFloatIsTheDecimalThatWasMeant() {
    byte[] value = impression("\"float\"", Map.of("f", .1f, "g", 16_777_216f));

    FeatureValues values = good(impressions.decode(value, T)).features();
    assertThat(values.number(values.first(0))).isEqualTo(.1);
    assertThat(values.number(values.first(1))).isEqualTo(16_777_216.0);
  }

  @Test
  void moreValuesThanAllowedAreRefusedAlsoWhereTheyTakeNoBytes() {
    String nulls = "{\"type\": \"array\", \"items\": \"null\"}";

    assertRejected(
        impressions.decode(impression(nulls, Map.of("f", Collections.nCopies(11, null))), T),
        Kind.TOO_MANY_VALUES,
        "features");
    assertRejected(
        impressions.decode(impression(nulls, Map.of("x", Collections.nCopies(9999, null))), T),
        Kind.TOO_LARGE,
        "more than 200 items");
  }

  @Test
  void aSchemaThatContainsItselfEnds() {
    avro.put(
        3,
        """
        {"type": "record", "name": "Click", "fields": [
          {"name": "impression_id", "type": "string"},
          {"name": "self", "type": "Click"}]}
        """);
    byte[] value = new byte[150];
    value[4] = 3;

    assertRejected(clicks.decode(value, T), Kind.BAD_VALUE, "impression_id has 0 characters");
    Arrays.fill(value, 5, 150, (byte) 'x');
    for (int i = 5; i < 150; i += 2) {
      value[i] = 2;
    }
    assertRejected(clicks.decode(value, T), Kind.TOO_LARGE, "nested deeper than 64");
  }

  @Test
  void schemasThatCannotBeLookedUpAreNoFaultOfTheRecord() {
    byte[] value = click(1, "\"long\"", T, null);
    ClickDecoder lost =
        new ClickDecoder(
            SETTINGS,
            Optional.of("click"),
            new AvroRecords(
                SETTINGS.maxBytes(),
                id -> {
                  throw new UncheckedIOException(new IOException("away"));
                }));

    assertThatExceptionOfType(UncheckedIOException.class).isThrownBy(() -> lost.decode(value, T));
  }

  private byte[] click(int id, String timeType, Object time, String action) {
    Schema schema = avro.put(id, CLICK.formatted(timeType));
    GenericData.Record record = new GenericData.Record(schema);
    record.put("impression_id", "i1");
    record.put("timestamp", time);
    Schema what = schema.getField("action").schema().getTypes().get(1);
    record.put("action", action == null ? null : new GenericData.EnumSymbol(what, action));
    return avro.write(id, record);
  }

  private byte[] impression(String valueType, Map<String, ?> features) {
    GenericData.Record record =
        new GenericData.Record(avro.put(6, IMPRESSION.formatted(valueType)));
    record.put("impression_id", "i1");
    record.put("timestamp", T);
    record.put("features", features);
    return avro.write(6, record);
  }

  private Schema schema(int id) {
    try {
      return avro.of(SchemaId.of(id));
    } catch (RejectedException e) {
      throw new AssertionError(e);
    }
  }

  private static void assertRejected(DecodeResult<?> outcome, Kind kind, String... words) {
    Rejection rejection = rejection(outcome);
    assertThat(rejection.kind()).as(rejection.reason()).isEqualTo(kind);
    assertThat(rejection.reason()).contains(words);
  }
}
