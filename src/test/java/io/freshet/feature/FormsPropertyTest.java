package io.freshet.feature;

import static io.freshet.event.Decoded.good;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.MapEntry;
import com.google.protobuf.WireFormat;
import io.freshet.config.LearnerConfig;
import io.freshet.event.avro.AvroRecords;
import io.freshet.event.decode.ImpressionDecoder;
import io.freshet.event.json.JsonRecords;
import io.freshet.event.parse.RecordParser;
import io.freshet.event.protobuf.ProtoFiles;
import io.freshet.event.protobuf.ProtobufRecords;
import io.freshet.feature.example.EncodedImpression;
import io.freshet.feature.example.Example;
import io.freshet.job.source.SourceRecord;
import io.freshet.job.source.SourceRecord.Good;
import io.freshet.job.sql.SqlSources;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.avro.Conversions;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The same impressions in every shape and format, written by the formats' own libraries, are the
 * same encoded examples, bit for bit.
 */
final class FormsPropertyTest {
  private static final long T = 1_767_225_600_000L;
  private static final int RECORDS = 500;
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String[] TEXTS = {"", "u17", "é€", "\ud83d\ude00 4", "a\u0000b", "0", "1.5"};
  private static final String[] DEVICES = {"UNKNOWN", "PHONE", "TABLET"};
  private static final String HEAD = "kafka: {bootstrap-servers: \"localhost:9092\"}\n";
  private static final String FIELDS =
      """
      features:
        - {name: user, kind: categorical%s}
        - {name: item, kind: categorical%s}
        - {name: genres, kind: multi%s}
        - {name: topics, kind: multi, combiner: sqrtn%s}
        - {name: photo, kind: vector, size: 3, encoding: base64%s}
        - {name: price, kind: numeric, transform: log%s}
        - {name: score, kind: numeric, transform: buckets, bounds: [-1.0, 0.0, 2.5]%s}
        - {name: logged_in, kind: categorical%s}
        - {name: device, kind: categorical%s}
        - {name: item-device, kind: cross, of: [item, device]}
      """;
  private static final LogicalTypes.Decimal PRICE = LogicalTypes.decimal(12, 2);
  private static final String AVRO =
      """
      {"type": "record", "name": "Shown", "fields": [
        {"name": "noise", "type": {"type": "array", "items": "long"}},
        {"name": "request", "type": {"type": "record", "name": "Request", "fields": [
          {"name": "at", "type": {"type": "long", "logicalType": "timestamp-micros"}},
          {"name": "id", "type": "string"}]}},
        {"name": "weight", "type": ["null", "float"]},
        {"name": "who", "type": ["null", "string"]},
        {"name": "item", "type": ["null", "long"]},
        {"name": "tags", "type": ["null", {"type": "array", "items":
          {"type": "record", "name": "Tag", "fields": [{"name": "name", "type": "string"}]}}]},
        {"name": "topics", "type": ["null", {"type": "map", "values": "float"}]},
        {"name": "photo", "type": ["null", {"type": "array", "items": "float"}]},
        {"name": "price", "type": ["null",
          {"type": "bytes", "logicalType": "decimal", "precision": 12, "scale": 2}]},
        {"name": "score", "type": ["null", "float"]},
        {"name": "logged_in", "type": ["null", "boolean"]},
        {"name": "device", "type": ["null",
          {"type": "enum", "name": "Device", "symbols": ["UNKNOWN", "PHONE", "TABLET"]}]}]}
      """;
  private static final String PROTO =
      """
      syntax = "proto3";
      import "google/protobuf/timestamp.proto"; import "google/protobuf/wrappers.proto";
      message Shown {
        Request request = 1;
        message Request { string id = 2; google.protobuf.Timestamp at = 1; }
        repeated sint64 noise = 2;
        google.protobuf.FloatValue weight = 3;
        google.protobuf.StringValue who = 4;
        optional sfixed64 item = 5;
        message Tag { string name = 1; }
        repeated Tag tags = 6;
        map<string, float> topics = 11;
        repeated float photo = 12;
        optional double price = 7;
        optional float score = 8;
        optional bool logged_in = 9;
        optional Device device = 10;
      }
      enum Device { UNKNOWN = 0; PHONE = 1; TABLET = 2; }
      """;

  private static final String SQL =
      """
      CREATE TABLE shown (
        noise STRING, request ROW<id STRING, `at` BIGINT>, weight FLOAT, who STRING, item BIGINT,
        tags ARRAY<ROW<name STRING>>, topics MAP<STRING, FLOAT>, photo ARRAY<FLOAT>, price DECIMAL(12, 2), score FLOAT, logged_in BOOLEAN,
        device STRING, ts AS TO_TIMESTAMP_LTZ(request.`at` / 1000, 3),
        WATERMARK FOR ts AS ts - INTERVAL '1' HOUR
      ) WITH ('connector' = 'filesystem', 'format' = 'json', 'path' = '%s');
      CREATE VIEW impressions AS SELECT * FROM shown;
      """;

  @TempDir private Path folder;
  private final LearnerConfig own = config("", "", "", "", "", "", "", "", "", "");
  private final LearnerConfig flat =
      config(
          "{id: id, timestamp: ts, timestamp-unit: iso-8601, weight: w}",
          "",
          "",
          "",
          ", from: \"about[].name\", weights: shares, weights-from: \"about[].share\"",
          ", from: image",
          ", from: cents\\.of",
          "",
          "",
          "");
  private final LearnerConfig nested =
      config(
          "{id: request.id, timestamp: request.at, timestamp-unit: us}",
          ", from: who",
          "",
          ", from: \"tags[].name\"",
          "",
          "",
          "",
          "",
          "",
          "");
  private final Schema avro = new Schema.Parser().parse(AVRO);
  private final Descriptor proto = ProtoFiles.file(PROTO).findMessageTypeByName("Shown");

  private record Shown(String id, long time, Float weight, Map<String, Object> features) {}

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void everyFormIsTheSameExample(long seed) throws Exception {
    Random random = new Random(seed);
    RecordParser json = new JsonRecords(1 << 20);
    RecordParser ofAvro = new AvroRecords(1 << 20, id -> avro);
    RecordParser ofProto = new ProtobufRecords(1 << 20, proto);
    for (int i = 0; i < RECORDS; i++) {
      Shown shown = draw(random);
      String what = "seed %s, record %s: %s".formatted(seed, i, shown);
      byte[] ownJson = JSON.writeValueAsBytes(ownShape(shown));

      List<Object> expected = encoded(own, json, ownJson);

      assertThat(encoded(flat, json, JSON.writeValueAsBytes(flatShape(shown))))
          .as("flat, %s", what)
          .isEqualTo(expected);
      assertThat(encoded(nested, json, JSON.writeValueAsBytes(nestedShape(shown))))
          .as("nested, %s", what)
          .isEqualTo(expected);
      for (String prefix :
          List.of("0000000007", "000000000000000007", "efbbbf", "0000000007efbbbf")) {
        assertThat(encoded(own, json, concat(prefix, ownJson)))
            .as("prefix %s, %s", prefix, what)
            .isEqualTo(expected);
      }
      assertThat(encoded(nested, ofAvro, concat("0000000007", avro(shown))))
          .as("Avro, %s", what)
          .isEqualTo(expected);
      assertThat(encoded(nested, ofProto, protobuf(shown)))
          .as("Protobuf, %s", what)
          .isEqualTo(expected);
    }
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {9, 10})
  void rowsOfATableAreTheSameExamples(long seed) throws Exception {
    Random random = new Random(seed);
    List<Shown> drawn = Stream.generate(() -> draw(random)).limit(RECORDS).toList();
    List<String> lines = new ArrayList<>();
    for (Shown shown : drawn) {
      lines.add(JSON.writeValueAsString(nestedShape(shown)));
    }
    Path rows = Files.write(folder.resolve("rows.json"), lines);
    Path script = Files.writeString(folder.resolve("events.sql"), SQL.formatted(rows.toUri()));

    List<SourceRecord<EncodedImpression>> records = read(table(script));

    List<List<Object>> read = new ArrayList<>();
    for (SourceRecord<EncodedImpression> record : records) {
      if (record instanceof Good<EncodedImpression> good) {
        read.add(sorted(bits(good.value())));
      }
    }
    assertThat(read).as("seed %s", seed).hasSize(RECORDS);
    for (int i = 0; i < RECORDS; i++) {
      byte[] ownJson = JSON.writeValueAsBytes(ownShape(drawn.get(i)));
      assertThat(read.get(i))
          .as("seed %s, record %s: %s", seed, i, drawn.get(i))
          .isEqualTo(sorted(encoded(own, new JsonRecords(1 << 20), ownJson)));
    }
  }

  private static List<SourceRecord<EncodedImpression>> read(LearnerConfig config) throws Exception {
    Configuration flink = new Configuration();
    flink.set(PipelineOptions.GENERIC_TYPES, false);
    flink.set(RestOptions.BIND_PORT, "0");
    var env = StreamExecutionEnvironment.createLocalEnvironment(1, flink);
    return new SqlSources(env, config).impressions().executeAndCollect(10 * RECORDS);
  }

  private static LearnerConfig table(Path script) {
    String events = "events: {sql: \"%s\", impressions: {id: request.id}}\n".formatted(script);
    String fields =
        FIELDS.formatted(", from: who", "", ", from: \"tags[].name\"", "", "", "", "", "", "");
    return LearnerConfig.parse(HEAD + events + fields, "learner.yaml", List.of());
  }

  private static LearnerConfig config(String impressions, Object... paths) {
    String events =
        impressions.isEmpty() ? "" : "events: {impressions: %s}\n".formatted(impressions);
    return LearnerConfig.parse(HEAD + events + FIELDS.formatted(paths), "learner.yaml", List.of());
  }

  /** All that the join gets to know of an impression. */
  private static List<Object> encoded(LearnerConfig config, RecordParser parser, byte[] value) {
    ExampleEncoder encoder = new ExampleEncoder(config.features());
    ImpressionDecoder decoder = new ImpressionDecoder(config.events(), encoder.names(), parser);
    return bits(good(encoder.encode(good(decoder.decode(value, T)))));
  }

  private static List<Object> bits(EncodedImpression impression) {
    Example example = impression.example();
    List<String> occurrences = new ArrayList<>();
    for (int i = 0; i < example.occurrences(); i++) {
      occurrences.add(example.fids()[i] + " " + Float.floatToRawIntBits(example.values()[i]));
    }
    return List.of(
        impression.id(),
        impression.timestamp(),
        Float.floatToRawIntBits(impression.weight()),
        occurrences);
  }

  /** A table's map has no order. */
  private static List<Object> sorted(List<Object> bits) {
    List<Object> sorted = new ArrayList<>(bits);
    sorted.set(3, ((List<?>) bits.get(3)).stream().sorted().toList());
    return sorted;
  }

  private static Shown draw(Random random) {
    Map<String, Object> features = new LinkedHashMap<>();
    put(features, random, "user", TEXTS[random.nextInt(TEXTS.length)]);
    put(features, random, "item", random.nextLong() >> random.nextInt(64));
    put(
        features,
        random,
        "genres",
        random.ints(random.nextInt(4), 0, TEXTS.length).mapToObj(i -> TEXTS[i]).toList());
    Map<String, Float> topics = new LinkedHashMap<>();
    random
        .ints(random.nextInt(4), 0, TEXTS.length)
        .forEach(i -> topics.put(TEXTS[i], (random.nextInt(64) - 16) / 8f)); // sums are exact
    put(features, random, "topics", topics);
    put(
        features,
        random,
        "photo",
        Stream.generate(() -> (float) random.nextGaussian()).limit(3).toList());
    put(
        features,
        random,
        "price",
        BigDecimal.valueOf(random.nextInt(1_000_000) - 1000, 2)
            .setScale(2, RoundingMode.UNNECESSARY));
    put(
        features,
        random,
        "score",
        random.nextBoolean() ? random.nextInt(1000) / 100f : (float) random.nextGaussian());
    put(features, random, "logged_in", random.nextBoolean());
    put(features, random, "device", DEVICES[random.nextInt(DEVICES.length)]);
    return new Shown(
        "i" + random.nextInt(1000),
        T - random.nextInt(1_000_000),
        random.nextBoolean() ? null : (random.nextInt(100) + 1) / 8f,
        features);
  }

  private static void put(Map<String, Object> to, Random random, String name, Object value) {
    if (random.nextInt(4) > 0) {
      to.put(name, value);
    }
  }

  private static Map<String, Object> ownShape(Shown shown) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("impression_id", shown.id());
    json.put("timestamp", shown.time());
    json.put("weight", shown.weight());
    json.put("features", shown.features());
    return json;
  }

  private static Map<String, Object> flatShape(Shown shown) {
    Map<String, Object> json = new LinkedHashMap<>(shown.features());
    json.put("cents.of", json.remove("price"));
    if (json.remove("topics") instanceof Map<?, ?> topics) {
      json.put(
          "about",
          topics.entrySet().stream()
              .map(topic -> Map.of("name", topic.getKey(), "share", topic.getValue()))
              .toList());
    }
    if (json.remove("photo") instanceof List<?> photo) {
      ByteBuffer floats = ByteBuffer.allocate(4 * photo.size()).order(ByteOrder.LITTLE_ENDIAN);
      photo.forEach(component -> floats.putFloat((Float) component));
      json.put("image", floats.array()); // in base64
    }
    json.put("noise", List.of(1, Map.of("user", "x")));
    json.put("w", shown.weight() == null ? null : shown.weight().toString());
    json.put("id", shown.id());
    json.put("ts", Instant.ofEpochMilli(shown.time()).toString());
    return json;
  }

  private static Map<String, Object> nestedShape(Shown shown) {
    Map<String, Object> json = new LinkedHashMap<>(shown.features());
    json.put("weight", shown.weight());
    json.put("request", Map.of("id", shown.id(), "at", shown.time() * 1000 + 7));
    json.put("who", json.remove("user"));
    Object genres = json.remove("genres");
    if (genres instanceof List<?> list) {
      json.put("tags", list.stream().map(name -> Map.of("rank", 1, "name", name)).toList());
    }
    return json;
  }

  private byte[] avro(Shown shown) throws IOException {
    GenericData.Record request = new GenericData.Record(avro.getField("request").schema());
    request.put("at", shown.time() * 1000 + 7);
    request.put("id", shown.id());
    GenericData.Record record = new GenericData.Record(avro);
    record.put("noise", List.of(1L, 2L));
    record.put("request", request);
    record.put("weight", shown.weight());
    record.put("who", shown.features().get("user"));
    for (String name : List.of("item", "score", "logged_in", "topics", "photo")) {
      record.put(name, shown.features().get(name));
    }
    if (shown.features().get("genres") instanceof List<?> genres) {
      Schema tag = avro.getField("tags").schema().getTypes().get(1).getElementType();
      record.put("tags", genres.stream().map(name -> tag(tag, name)).toList());
    }
    if (shown.features().get("price") instanceof BigDecimal price) {
      Schema type = avro.getField("price").schema().getTypes().get(1);
      record.put("price", new Conversions.DecimalConversion().toBytes(price, type, PRICE));
    }
    if (shown.features().get("device") instanceof String device) {
      Schema type = avro.getField("device").schema().getTypes().get(1);
      record.put("device", new GenericData.EnumSymbol(type, device));
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(bytes, null);
    new GenericDatumWriter<>(avro).write(record, encoder);
    encoder.flush();
    return bytes.toByteArray();
  }

  private static GenericData.Record tag(Schema type, Object name) {
    GenericData.Record tag = new GenericData.Record(type);
    tag.put("name", name);
    return tag;
  }

  private byte[] protobuf(Shown shown) {
    DynamicMessage.Builder message = DynamicMessage.newBuilder(proto);
    FieldDescriptor request = proto.findFieldByName("request");
    FieldDescriptor at = request.getMessageType().findFieldByName("at");
    message.setField(
        request,
        DynamicMessage.newBuilder(request.getMessageType())
            .setField(request.getMessageType().findFieldByName("id"), shown.id())
            .setField(
                at,
                DynamicMessage.newBuilder(at.getMessageType())
                    .setField(at.getMessageType().findFieldByName("seconds"), shown.time() / 1000)
                    .setField(
                        at.getMessageType().findFieldByName("nanos"),
                        (int) (shown.time() % 1000) * 1_000_000 + 7)
                    .build())
            .build());
    message.addRepeatedField(proto.findFieldByName("noise"), -1L);
    set(message, "weight", shown.weight());
    set(message, "who", shown.features().get("user"));
    for (String name : List.of("item", "score", "logged_in")) {
      set(message, name, shown.features().get(name));
    }
    if (shown.features().get("price") instanceof BigDecimal price) {
      set(message, "price", price.doubleValue());
    }
    if (shown.features().get("device") instanceof String device) {
      FieldDescriptor field = proto.findFieldByName("device");
      message.setField(field, field.getEnumType().findValueByName(device));
    }
    if (shown.features().get("genres") instanceof List<?> genres) {
      FieldDescriptor tags = proto.findFieldByName("tags");
      FieldDescriptor name = tags.getMessageType().findFieldByName("name");
      for (Object genre : genres) {
        message.addRepeatedField(
            tags, DynamicMessage.newBuilder(tags.getMessageType()).setField(name, genre).build());
      }
    }
    if (shown.features().get("photo") instanceof List<?> photo) {
      photo.forEach(c -> message.addRepeatedField(proto.findFieldByName("photo"), c));
    }
    if (shown.features().get("topics") instanceof Map<?, ?> topics) {
      FieldDescriptor field = proto.findFieldByName("topics");
      topics.forEach(
          (name, share) ->
              message.addRepeatedField(
                  field,
                  MapEntry.newDefaultInstance(
                          field.getMessageType(),
                          WireFormat.FieldType.STRING,
                          "",
                          WireFormat.FieldType.FLOAT,
                          0f)
                      .toBuilder()
                      .setKey((String) name)
                      .setValue((Float) share)
                      .build()));
    }
    return message.build().toByteArray();
  }

  private void set(DynamicMessage.Builder message, String name, Object value) {
    FieldDescriptor field = proto.findFieldByName(name);
    if (value == null) {
      return;
    }
    if (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE) {
      FieldDescriptor wrapped = field.getMessageType().findFieldByName("value");
      message.setField(
          field,
          DynamicMessage.newBuilder(field.getMessageType()).setField(wrapped, value).build());
    } else {
      message.setField(field, value);
    }
  }

  private static byte[] concat(String hex, byte[] value) {
    byte[] prefix = HexFormat.of().parseHex(hex);
    return ByteBuffer.allocate(prefix.length + value.length).put(prefix).put(value).array();
  }
}
