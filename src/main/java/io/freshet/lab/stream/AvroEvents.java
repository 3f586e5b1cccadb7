package io.freshet.lab.stream;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.freshet.event.frame.SchemaId;
import io.freshet.event.registry.AvroSchemas;
import io.freshet.event.registry.SchemaFolder;
import io.freshet.lab.stream.EventRecord.Topic;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;

/**
 * Turns events in JSON into Avro by the published schemas ({@code schemas/impression.avsc}, {@code
 * click.avsc}), after byte 0 and their ids in a folder. Bad events, which no such record can
 * express, stay as they are. Not thread-safe.
 */
public final class AvroEvents implements UnaryOperator<EventRecord> {
  private static final ObjectMapper JSON = new JsonMapper();

  private final Map<Topic, Schema> schemas;
  private final Map<Topic, Integer> ids;
  private final EncoderFactory encoders = EncoderFactory.get();
  private BinaryEncoder encoder; // used again

  private AvroEvents(Map<Topic, Schema> schemas, Map<Topic, Integer> ids) {
    this.schemas = schemas;
    this.ids = ids;
  }

  /** Takes the schemas' ids from a folder, to which it adds missing schemas. */
  public static AvroEvents into(String folder) throws IOException {
    SchemaFolder<Schema> files = new SchemaFolder<>(folder, new AvroSchemas());
    Map<Topic, Schema> schemas =
        Map.of(
            Topic.IMPRESSIONS, published("impression.avsc"), Topic.CLICKS, published("click.avsc"));
    Map<Topic, Integer> ids = new HashMap<>();
    for (Topic topic : Topic.values()) {
      ids.put(topic, id(schemas.get(topic), files));
    }
    return new AvroEvents(schemas, ids);
  }

  private static int id(Schema schema, SchemaFolder<Schema> files) throws IOException {
    int next = 1;
    for (int id : ids(files)) {
      Optional<Schema> found = files.find(SchemaId.of(id));
      if (found.isPresent() && found.get().equals(schema)) {
        return id;
      }
      next = id + 1;
    }
    files.put(SchemaId.of(next), schema);
    return next;
  }

  private static List<Integer> ids(SchemaFolder<Schema> files) throws IOException {
    return files.names().stream()
        .filter(name -> name.matches("[0-9]{1,9}"))
        .map(Integer::valueOf)
        .sorted()
        .toList();
  }

  private static Schema published(String name) throws IOException {
    try (InputStream in = AvroEvents.class.getResourceAsStream(name)) {
      return new Schema.Parser().parse(in);
    }
  }

  @Override
  public EventRecord apply(EventRecord json) {
    Schema schema = schemas.get(json.topic());
    return record(json.value(), schema)
        .map(record -> bytes(ids.get(json.topic()), record))
        .map(bytes -> new EventRecord(json.topic(), json.key(), json.time(), bytes))
        .orElse(json);
  }

  private static Optional<GenericRecord> record(byte[] json, Schema schema) {
    JsonNode event;
    try {
      event = JSON.readTree(json);
    } catch (JsonProcessingException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException("reading from memory", e);
    }
    boolean hasFeatures = schema.getField("features") != null;
    if (!event.path("impression_id").isTextual()
        || !event.path("timestamp").isIntegralNumber()
        || hasFeatures != event.path("features").isObject()) {
      return Optional.empty();
    }
    GenericRecord record = new GenericData.Record(schema);
    record.put("impression_id", event.get("impression_id").textValue());
    record.put("timestamp", event.get("timestamp").longValue());
    if (hasFeatures) {
      Map<String, Object> features = new HashMap<>();
      event.get("features").properties().forEach(e -> features.put(e.getKey(), of(e.getValue())));
      record.put("features", features);
      record.put("weight", event.has("weight") ? event.get("weight").floatValue() : null);
    } else {
      record.put("action", event.path("action").textValue());
    }
    return Optional.of(record);
  }

  private static Object of(JsonNode value) {
    if (value.isArray()) {
      List<Object> list = new ArrayList<>();
      value.forEach(element -> list.add(of(element)));
      return list;
    } else if (value.isBoolean()) {
      return value.booleanValue();
    } else if (value.canConvertToLong() && value.isIntegralNumber()) {
      return value.longValue();
    } else if (value.isNumber() && !value.isIntegralNumber()) {
      return value.doubleValue();
    }
    return value.isNull() ? null : value.asText(); // longer integers are the same as their text
  }

  private byte[] bytes(int id, GenericRecord record) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
    bytes.write(0);
    bytes.writeBytes(ByteBuffer.allocate(Integer.BYTES).putInt(id).array());
    try {
      encoder = encoders.binaryEncoder(bytes, encoder);
      new GenericDatumWriter<GenericRecord>(record.getSchema()).write(record, encoder);
      encoder.flush();
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory", e);
    }
    return bytes.toByteArray();
  }
}
