package io.freshet.event.decode;

import static io.freshet.event.Decoded.rejection;
import static io.freshet.event.Decoded.texts;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.freshet.event.DecodeResult;
import io.freshet.event.EventSettings;
import io.freshet.event.FeatureNames;
import io.freshet.event.Impression;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.Schema.Type;
import org.apache.avro.generic.GenericData;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;

/**
 * Random events under random schemas, written by Avro's own writer, mean what their JSON means:
 * values of each type, null or not, in records, maps, lists and unions, among fields that nobody
 * asked for.
 */
final class AvroDecoderPropertyTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final long T = 1_767_225_600_000L;
  private static final int SCHEMAS = 150;
  private static final int RECORDS = 20;
  private static final String[] TEXTS = {"", "u17", "é€", "\ud83d\ude00 4", "a\u0000b", "0"};
  private static final List<Type> SCALARS =
      List.of(Type.STRING, Type.INT, Type.LONG, Type.FLOAT, Type.DOUBLE, Type.BOOLEAN, Type.ENUM);

  private final FeatureNames names = new FeatureNames(List.of("f0", "f2", "f3", "f5", "f7"));
  private final AvroValues avro = new AvroValues();
  private final ImpressionDecoder ofJson = new ImpressionDecoder(EventSettings.DEFAULT, names);
  private final ImpressionDecoder ofAvro =
      new ImpressionDecoder(EventSettings.DEFAULT, names, avro.records(EventSettings.DEFAULT));
  private Random random;

  @RepeatedTest(4)
  void anEventMeansTheSameInBothFormats(RepetitionInfo repetition) throws Exception {
    long seed = 20260301L + repetition.getCurrentRepetition();
    random = new Random(seed);
    int good = 0;
    for (int id = 1; id <= SCHEMAS; id++) {
      Schema schema = avro.put(id, impressions(id));
      for (int i = 0; i < RECORDS; i++) {
        Map<String, Object> json = new LinkedHashMap<>();
        byte[] bytes = avro.write(id, event(schema, json));
        String text = JSON.writeValueAsString(json);

        good += assertSame(bytes, text, "seed " + seed + " " + schema + text) ? 1 : 0;
      }
    }
    assertThat(good).as("seed %d", seed).isGreaterThan(SCHEMAS * RECORDS / 4);
  }

  private boolean assertSame(byte[] bytes, String json, String what)
      throws JsonProcessingException {
    DecodeResult<Impression> expected = ofJson.decode(json.getBytes(UTF_8), T);
    DecodeResult<Impression> actual = ofAvro.decode(bytes, T);
    if (expected instanceof DecodeResult.Rejected<Impression> rejected) {
      assertThat(rejection(actual).kind()).as(what).isEqualTo(rejected.rejection().kind());
      return false;
    }
    assertThat(actual).as(what).isInstanceOf(DecodeResult.Good.class);
    DecodeResult.Good<Impression> one = (DecodeResult.Good<Impression>) expected;
    DecodeResult.Good<Impression> other = (DecodeResult.Good<Impression>) actual;
    assertThat(other.ignored()).as(what).isEqualTo(one.ignored());
    assertThat(other.value().id()).as(what).isEqualTo(one.value().id());
    assertThat(other.value().timestamp()).as(what).isEqualTo(one.value().timestamp());
    assertThat(other.value().weight()).as(what).isEqualTo(one.value().weight());
    assertThat(texts(other.value().features())).as(what).isEqualTo(texts(one.value().features()));
    return true;
  }

  /** A schema of impressions, its fields in any order. */
  private Schema impressions(int n) {
    List<Schema.Field> fields = new ArrayList<>();
    fields.add(field("impression_id", maybe(Schema.create(Type.STRING))));
    Schema time = Schema.create(Type.LONG);
    switch (random.nextInt(3)) {
      case 0 -> LogicalTypes.timestampMicros().addToSchema(time);
      case 1 -> LogicalTypes.timestampMillis().addToSchema(time);
      default -> {}
    }
    fields.add(field("timestamp", time));
    fields.add(field("features", maybe(random.nextBoolean() ? features(n) : map())));
    if (random.nextBoolean()) {
      fields.add(field("weight", maybe(scalar(random.nextBoolean() ? Type.FLOAT : Type.INT))));
    }
    for (int i = 0; i < random.nextInt(3); i++) {
      fields.add(field("other" + i, any(n * 10 + i, 0)));
    }
    java.util.Collections.shuffle(fields, random);
    return Schema.createRecord("Impression" + n, null, "test", false, fields);
  }

  private Schema features(int n) {
    List<Schema.Field> fields = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      if (random.nextInt(5) > 0) {
        Schema value = oneOrList();
        boolean deep = i == 1; // which nobody asks for
        fields.add(field("f" + i, deep ? any(1000 + n * 10 + i, 0) : maybe(value)));
      }
    }
    return Schema.createRecord("Features" + n, null, "test", false, fields);
  }

  private Schema map() {
    return Schema.createMap(
        Schema.createUnion(
            Schema.create(Type.NULL),
            Schema.create(Type.STRING),
            Schema.create(Type.LONG),
            Schema.create(Type.DOUBLE),
            Schema.create(Type.BOOLEAN),
            Schema.createArray(maybe(scalar()))));
  }

  /** Something of any depth. */
  private Schema any(int n, int depth) {
    if (depth > 2 || random.nextBoolean()) {
      return maybe(oneOrList());
    }
    return switch (random.nextInt(3)) {
      case 0 -> Schema.createMap(any(n, depth + 1));
      case 1 -> Schema.createArray(any(n, depth + 1));
      default ->
          Schema.createRecord(
              "Nested" + n + "_" + depth,
              null,
              "test",
              false,
              List.of(field("a", any(n, depth + 1)), field("b", scalar())));
    };
  }

  private Schema oneOrList() {
    return random.nextInt(4) == 0 ? Schema.createArray(maybe(scalar())) : scalar();
  }

  private Schema scalar() {
    return scalar(SCALARS.get(random.nextInt(SCALARS.size())));
  }

  private static Schema scalar(Type type) {
    return type == Type.ENUM
        ? Schema.createEnum("Genre", null, "test", List.of("drama", "war", "u17"))
        : Schema.create(type);
  }

  private Schema maybe(Schema value) {
    if (value.getType() == Type.UNION || random.nextBoolean()) {
      return value;
    }
    Schema none = Schema.create(Type.NULL);
    return random.nextBoolean() ? Schema.createUnion(none, value) : Schema.createUnion(value, none);
  }

  private static Schema.Field field(String name, Schema schema) {
    return new Schema.Field(name, schema);
  }

  /** A record, and the same in JSON, without fields that are null. */
  private GenericData.Record event(Schema schema, Map<String, Object> json) {
    GenericData.Record record = new GenericData.Record(schema);
    for (Schema.Field field : schema.getFields()) {
      Pair value = field.name().equals("timestamp") ? time(field.schema()) : value(field.schema());
      record.put(field.name(), value.avro());
      if (value.json() != null) {
        json.put(field.name(), value.json());
      }
    }
    return record;
  }

  private record Pair(Object avro, Object json) {}

  private Pair time(Schema schema) {
    long time = T - random.nextInt(1_000_000);
    boolean micros = "timestamp-micros".equals(schema.getProp("logicalType"));
    return new Pair(micros ? time * 1000 + random.nextInt(1000) : time, time);
  }

  private Pair value(Schema schema) {
    return switch (schema.getType()) {
      case UNION -> value(schema.getTypes().get(random.nextInt(schema.getTypes().size())));
      case RECORD -> {
        Map<String, Object> json = new LinkedHashMap<>();
        yield new Pair(event(schema, json), json);
      }
      case MAP -> entries(schema);
      case ARRAY -> elements(schema);
      default -> same(one(schema));
    };
  }

  private Pair same(Object value) {
    return value instanceof GenericData.EnumSymbol symbol
        ? new Pair(symbol, symbol.toString())
        : new Pair(value, value);
  }

  private Pair entries(Schema schema) {
    Map<String, Object> avroMap = new LinkedHashMap<>();
    Map<String, Object> json = new LinkedHashMap<>();
    for (int i = 0; i < random.nextInt(9); i++) {
      Pair value = value(schema.getValueType());
      avroMap.put("f" + i, value.avro());
      json.put("f" + i, value.json());
    }
    return new Pair(avroMap, json);
  }

  private Pair elements(Schema schema) {
    List<Object> avroList = new ArrayList<>();
    List<Object> json = new ArrayList<>();
    for (int i = 0; i < random.nextInt(4); i++) {
      Pair value = value(schema.getElementType());
      avroList.add(value.avro());
      json.add(value.json());
    }
    return new Pair(avroList, json);
  }

  private Object one(Schema schema) {
    return switch (schema.getType()) {
      case NULL -> null;
      case STRING -> TEXTS[random.nextInt(TEXTS.length)];
      case INT -> random.nextInt() >> random.nextInt(32);
      case LONG -> random.nextLong() >> random.nextInt(64);
      case FLOAT ->
          random.nextBoolean() ? random.nextInt(1000) / 100f : (float) random.nextGaussian();
      case DOUBLE ->
          random.nextBoolean() ? random.nextInt(1000) / 100.0 : random.nextGaussian() * 1e9;
      case BOOLEAN -> random.nextBoolean();
      case ENUM ->
          new GenericData.EnumSymbol(
              schema, schema.getEnumSymbols().get(random.nextInt(schema.getEnumSymbols().size())));
      default -> throw new AssertionError(schema);
    };
  }
}
