package io.freshet.event.decode;

import static io.freshet.event.Decoded.good;
import static io.freshet.event.Decoded.rejection;
import static io.freshet.event.Decoded.texts;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.config.LearnerConfig;
import io.freshet.event.Click;
import io.freshet.event.DecodeResult;
import io.freshet.event.EventSettings;
import io.freshet.event.FeatureNames;
import io.freshet.event.Impression;
import io.freshet.event.Rejection.Kind;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.apache.avro.Conversions;
import org.apache.avro.LogicalType;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What Avro's logical types are as features and as event times, written by Avro's conversions. */
final class AvroLogicalTypesTest {
  private static final long T = 1_767_225_600_000L;
  private static final Conversions.DecimalConversion DECIMALS = new Conversions.DecimalConversion();

  private final AvroValues avro = new AvroValues();

  @ParameterizedTest
  @CsvSource({
    "12.50, 2",
    "-0.01, 2",
    "0.00, 2",
    "9007199254740993.1, 1",
    "42, 0",
    "-123456789012345678901234567890, 0",
  })
  void aDecimalIsTheNumberOfItsJson(String number, int scale) {
    LogicalTypes.Decimal type = LogicalTypes.decimal(30, scale);
    BigDecimal value = new BigDecimal(number);
    Schema bytes = type.addToSchema(Schema.create(Schema.Type.BYTES));
    Schema fixed = type.addToSchema(Schema.createFixed("Amount", null, "test", 20));

    assertThat(feature(bytes, DECIMALS.toBytes(value, bytes, type)))
        .isEqualTo(json(number))
        .isEqualTo(feature(fixed, DECIMALS.toFixed(value, fixed, type)));
  }

  @Test
  void aUuidIsItsText() {
    UUID uuid = UUID.fromString("89791762-2336-4186-9674-299b90a802e2");
    byte[] bytes =
        ByteBuffer.allocate(16)
            .putLong(uuid.getMostSignificantBits())
            .putLong(uuid.getLeastSignificantBits())
            .array();
    Schema fixed = LogicalTypes.uuid().addToSchema(Schema.createFixed("Uuid", null, "test", 16));
    Schema string = LogicalTypes.uuid().addToSchema(Schema.create(Schema.Type.STRING));

    assertThat(feature(fixed, new GenericData.Fixed(fixed, bytes)))
        .isEqualTo(json("\"" + uuid + "\""))
        .isEqualTo(feature(string, uuid.toString()));
  }

  @Test
  void datesAndTimesAreTheIntegersThatWereWritten() {
    for (LogicalType type :
        List.of(
            LogicalTypes.timestampMillis(),
            LogicalTypes.timestampNanos(),
            LogicalTypes.localTimestampMicros(),
            LogicalTypes.timeMicros())) {
      assertThat(feature(type.addToSchema(Schema.create(Schema.Type.LONG)), 17L))
          .isEqualTo(json("17"));
    }
    Schema date = LogicalTypes.date().addToSchema(Schema.create(Schema.Type.INT));
    assertThat(feature(date, 20_454)).isEqualTo(json("20454"));
  }

  @Test
  void anEndlessDecimalIsNoNumber() {
    Schema schema = LogicalTypes.decimal(1000, 0).addToSchema(Schema.create(Schema.Type.BYTES));
    byte[] digits = BigInteger.TEN.pow(200).toByteArray();

    assertThat(rejection(impression(schema, ByteBuffer.wrap(digits))).reason())
        .contains("features.f is bytes");
  }

  @Test
  void aTypedTimeCountsBeforeTheUnitOfTheMapping() {
    Schema micros = LogicalTypes.timestampMicros().addToSchema(Schema.create(Schema.Type.LONG));

    for (String unit : List.of("ms", "s", "ns", "iso-8601")) {
      assertThat(good(click(unit, micros, T * 1000 + 7)).timestamp()).isEqualTo(T);
    }
  }

  @Test
  void secondsMayBeDecimals() {
    LogicalTypes.Decimal type = LogicalTypes.decimal(20, 3);
    Schema schema = type.addToSchema(Schema.create(Schema.Type.BYTES));

    Object seconds = DECIMALS.toBytes(new BigDecimal("1767225600.000"), schema, type);

    assertThat(good(click("s", schema, seconds)).timestamp()).isEqualTo(T);
  }

  @Test
  void aDateOrLocalTimeIsNoPointInTime() {
    Schema local = LogicalTypes.localTimestampMillis().addToSchema(Schema.create(Schema.Type.LONG));
    Schema date = LogicalTypes.date().addToSchema(Schema.create(Schema.Type.INT));

    assertThat(rejection(click("ms", local, T)).kind()).isEqualTo(Kind.WRONG_TYPE);
    assertThat(rejection(click("s", date, 20_454)).reason())
        .contains("at is a date, which is no point in time");
  }

  private List<String> feature(Schema type, Object value) {
    return texts(good(impression(type, value)).features());
  }

  private DecodeResult<Impression> impression(Schema type, Object value) {
    Schema features = record("Features", new Schema.Field("f", type));
    Schema schema =
        record(
            "Impression",
            new Schema.Field("impression_id", Schema.create(Schema.Type.STRING)),
            new Schema.Field("timestamp", Schema.create(Schema.Type.LONG)),
            new Schema.Field("features", features));
    avro.put(7, schema);
    GenericData.Record inner = new GenericData.Record(features);
    inner.put("f", value);
    GenericData.Record record = new GenericData.Record(schema);
    record.put("impression_id", "i");
    record.put("timestamp", T);
    record.put("features", inner);
    return new ImpressionDecoder(
            EventSettings.DEFAULT,
            new FeatureNames(List.of("f")),
            avro.records(EventSettings.DEFAULT))
        .decode(avro.write(7, record), T);
  }

  private static List<String> json(String value) {
    String json =
        "{\"impression_id\": \"i\", \"timestamp\": %s, \"features\": {\"f\": %s}}"
            .formatted(T, value);
    return texts(
        good(new ImpressionDecoder(EventSettings.DEFAULT, new FeatureNames(List.of("f")))
                .decode(json.getBytes(UTF_8), T))
            .features());
  }

  private DecodeResult<Click> click(String unit, Schema type, Object time) {
    EventSettings settings =
        LearnerConfig.parse(
                """
                kafka: {bootstrap-servers: "localhost:9092"}
                events: {clicks: {timestamp: at, timestamp-unit: %s}}
                features: [{name: user, kind: categorical}]
                """
                    .formatted(unit),
                "learner.yaml",
                List.of())
            .events();
    Schema schema =
        record(
            "Click",
            new Schema.Field("impression_id", Schema.create(Schema.Type.STRING)),
            new Schema.Field("at", type));
    avro.put(8, schema);
    GenericData.Record record = new GenericData.Record(schema);
    record.put("impression_id", "i");
    record.put("at", time);
    return new ClickDecoder(settings, Optional.of("click"), avro.records(settings))
        .decode(avro.write(8, record), T);
  }

  private static Schema record(String name, Schema.Field... fields) {
    return Schema.createRecord(name, null, "test", false, List.of(fields));
  }
}
