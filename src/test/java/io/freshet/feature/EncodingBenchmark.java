package io.freshet.feature;

import static io.freshet.event.Decoded.good;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.DynamicMessage;
import io.freshet.event.EventSettings;
import io.freshet.event.Impression;
import io.freshet.event.avro.AvroRecords;
import io.freshet.event.decode.ImpressionDecoder;
import io.freshet.event.mapping.ValuePath;
import io.freshet.event.protobuf.ProtoFiles;
import io.freshet.event.protobuf.ProtobufRecords;
import io.freshet.feature.example.EncodedImpression;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.StringJoiner;
import java.util.concurrent.TimeUnit;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Impressions that one core decodes and encodes: 13 numbers and 26 names each, in JSON, also by a
 * mapping, in Avro with a field for each or a map of them, and in Protobuf with a field for each.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class EncodingBenchmark {
  private static final int NAMES = 26;
  private static final int NUMBERS = 13;
  private static final int TYPED = 1;
  private static final int MAPPED = 2;
  private static final long TIME = 1_700_000_000_000L;

  private final byte[][] records = new byte[4096][];
  private final byte[][] avroRecords = new byte[records.length][];
  private final byte[][] avroMaps = new byte[records.length][];
  private final List<Impression> decoded = new ArrayList<>();
  private ImpressionDecoder decoder;
  private final byte[][] messages = new byte[records.length][];
  private ImpressionDecoder avroDecoder;
  private ImpressionDecoder mappedDecoder;
  private ImpressionDecoder protobufDecoder;
  private ExampleEncoder encoder;
  private int next;

  @Setup
  public void draw() {
    List<Field> fields = new ArrayList<>();
    for (int i = 1; i <= NAMES; i++) {
      fields.add(new CategoricalField("c" + i, i));
    }
    for (int i = 1; i <= NUMBERS; i++) {
      fields.add(new NumericField("n" + i, NAMES + i, new NumericField.Transform.Log()));
    }
    encoder = new ExampleEncoder(new FeatureSchema(fields, "c1"));
    decoder = new ImpressionDecoder(EventSettings.DEFAULT, encoder.names());
    SplittableRandom random = new SplittableRandom(1);
    Schema typed = typed();
    Schema mapped = mapped();
    avroDecoder =
        new ImpressionDecoder(
            EventSettings.DEFAULT,
            encoder.names(),
            new AvroRecords(
                EventSettings.DEFAULT.maxBytes(), id -> id.low() == TYPED ? typed : mapped));
    Descriptor message = message();
    protobufDecoder =
        new ImpressionDecoder(
            EventSettings.DEFAULT,
            encoder.names(),
            new ProtobufRecords(EventSettings.DEFAULT.maxBytes(), message));
    Map<String, ValuePath> paths = new HashMap<>();
    fields.forEach(f -> paths.put(f.name(), new ValuePath("features." + f.name())));
    mappedDecoder =
        new ImpressionDecoder(EventSettings.DEFAULT.withFeatures(paths), encoder.names());
    for (int i = 0; i < records.length; i++) {
      records[i] = impression(i, random).getBytes(StandardCharsets.UTF_8);
      decoded.add(good(decoder.decode(records[i], TIME)));
      avroRecords[i] = avro(TYPED, typed, records[i]);
      avroMaps[i] = avro(MAPPED, mapped, records[i]);
      messages[i] = protobuf(message, records[i]);
    }
  }

  private static Schema typed() {
    List<Schema.Field> fields = new ArrayList<>();
    for (int i = 1; i <= NAMES; i++) {
      fields.add(new Schema.Field("c" + i, Schema.create(Schema.Type.STRING)));
    }
    for (int i = 1; i <= NUMBERS; i++) {
      fields.add(new Schema.Field("n" + i, Schema.create(Schema.Type.DOUBLE)));
    }
    return impressions(Schema.createRecord("Features", null, "bench", false, fields));
  }

  private static Schema mapped() {
    return impressions(
        Schema.createMap(
            Schema.createUnion(
                Schema.create(Schema.Type.STRING), Schema.create(Schema.Type.DOUBLE))));
  }

  private static Schema impressions(Schema features) {
    return Schema.createRecord(
        "Impression",
        null,
        "bench",
        false,
        List.of(
            new Schema.Field("impression_id", Schema.create(Schema.Type.STRING)),
            new Schema.Field("timestamp", Schema.create(Schema.Type.LONG)),
            new Schema.Field("features", features)));
  }

  private static byte[] avro(int id, Schema schema, byte[] json) {
    try {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      bytes.writeBytes(new byte[] {0, 0, 0, 0, (byte) id});
      BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(bytes, null);
      JsonNode event = new ObjectMapper().readTree(json);
      GenericData.Record record = new GenericData.Record(schema);
      record.put("impression_id", event.get("impression_id").asText());
      record.put("timestamp", event.get("timestamp").asLong());
      Schema features = schema.getField("features").schema();
      Map<String, Object> map = new LinkedHashMap<>();
      event
          .get("features")
          .properties()
          .forEach(
              f ->
                  map.put(
                      f.getKey(),
                      f.getValue().isTextual() ? f.getValue().asText() : f.getValue().asDouble()));
      if (features.getType() == Schema.Type.MAP) {
        record.put("features", map);
      } else {
        GenericData.Record nested = new GenericData.Record(features);
        map.forEach(nested::put);
        record.put("features", nested);
      }
      new GenericDatumWriter<>(schema).write(record, encoder);
      encoder.flush();
      return bytes.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Descriptor message() {
    StringJoiner features = new StringJoiner(" ");
    for (int i = 1; i <= NAMES; i++) {
      features.add("string c%s = %s;".formatted(i, i));
    }
    for (int i = 1; i <= NUMBERS; i++) {
      features.add("double n%s = %s;".formatted(i, NAMES + i));
    }
    return ProtoFiles.file(
            """
            syntax = "proto3";
            message Impression { string impression_id = 1; int64 timestamp = 2; Features features = 3; }
            message Features { %s }
            """
                .formatted(features))
        .findMessageTypeByName("Impression");
  }

  private static byte[] protobuf(Descriptor type, byte[] json) {
    try {
      JsonNode event = new ObjectMapper().readTree(json);
      FieldDescriptor features = type.findFieldByName("features");
      DynamicMessage.Builder inner = DynamicMessage.newBuilder(features.getMessageType());
      for (Map.Entry<String, JsonNode> feature : event.get("features").properties()) {
        JsonNode value = feature.getValue();
        inner.setField(
            features.getMessageType().findFieldByName(feature.getKey()),
            value.isTextual() ? value.asText() : (Object) value.asDouble());
      }
      return DynamicMessage.newBuilder(type)
          .setField(type.findFieldByName("impression_id"), event.get("impression_id").asText())
          .setField(type.findFieldByName("timestamp"), event.get("timestamp").asLong())
          .setField(features, inner.build())
          .build()
          .toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String impression(int id, SplittableRandom random) {
    StringJoiner features = new StringJoiner(",", "{", "}");
    for (int i = 1; i <= NAMES; i++) {
      features.add("\"c%s\":\"%s\"".formatted(i, Long.toString(random.nextInt(40_000), 36)));
    }
    for (int i = 1; i <= NUMBERS; i++) {
      features.add("\"n%s\":%s.0".formatted(i, random.nextInt(1000)));
    }
    return "{\"impression_id\":\"impression-%s\",\"timestamp\":%s,\"features\":%s}"
        .formatted(id, TIME, features);
  }

  @Benchmark
  public EncodedImpression decodeAndEncode() {
    return good(encoder.encode(good(decoder.decode(record(), TIME))));
  }

  @Benchmark
  public Impression decode() {
    return good(decoder.decode(record(), TIME));
  }

  @Benchmark
  public Impression decodeMapped() {
    return good(mappedDecoder.decode(record(), TIME));
  }

  @Benchmark
  public Impression decodeProtobuf() {
    return good(protobufDecoder.decode(messages[next++ & records.length - 1], TIME));
  }

  @Benchmark
  public Impression decodeAvroRecord() {
    return good(avroDecoder.decode(avroRecords[next++ & records.length - 1], TIME));
  }

  @Benchmark
  public EncodedImpression decodeAvroRecordAndEncode() {
    return good(encoder.encode(decodeAvroRecord()));
  }

  @Benchmark
  public Impression decodeAvroMap() {
    return good(avroDecoder.decode(avroMaps[next++ & records.length - 1], TIME));
  }

  @Benchmark
  public EncodedImpression encode() {
    return good(encoder.encode(decoded.get(next++ & records.length - 1)));
  }

  private byte[] record() {
    return records[next++ & records.length - 1];
  }
}
