package io.freshet.job.sql;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.freshet.event.parse.ShortestDecimal;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.Serializable;
import java.lang.reflect.Array;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Set;
import org.apache.flink.types.Row;

/**
 * Rows as the JSON that a topic would hold, so that they are decoded as its records are: columns
 * are keys, points in time epoch milliseconds, dates days, times of day milliseconds. Of a {@code
 * TIMESTAMP}, which has no zone, the zone is UTC. Floats are their shortest decimals.
 */
final class RowJson implements Serializable {
  private static final long serialVersionUID = 1L;
  private static final long NANOS_PER_MILLI = 1_000_000;
  private static final JsonFactory JSON = new JsonFactory();

  byte[] of(Row row) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
    try (JsonGenerator json = JSON.createGenerator(bytes)) {
      write(row, json);
    }
    return bytes.toByteArray();
  }

  private static void write(Row row, JsonGenerator json) throws IOException {
    json.writeStartObject();
    Set<String> names = row.getFieldNames(true);
    if (names == null) {
      throw new IllegalStateException("a row without names: " + row);
    }
    for (String name : names) {
      json.writeFieldName(name);
      write(row.getField(name), json);
    }
    json.writeEndObject();
  }

  private static void write(Object value, JsonGenerator json) throws IOException {
    if (value == null) {
      json.writeNull();
    } else if (value instanceof String text) {
      json.writeString(text);
    } else if (value instanceof Boolean bool) {
      json.writeBoolean(bool);
    } else if (value instanceof Number number) {
      writeNumber(number, json);
    } else if (value instanceof Instant time) {
      json.writeNumber(time.toEpochMilli());
    } else if (value instanceof LocalDateTime time) {
      json.writeNumber(time.toInstant(ZoneOffset.UTC).toEpochMilli());
    } else if (value instanceof LocalDate day) {
      json.writeNumber(day.toEpochDay());
    } else if (value instanceof LocalTime time) {
      json.writeNumber(time.toNanoOfDay() / NANOS_PER_MILLI);
    } else if (value instanceof Row row) {
      write(row, json);
    } else if (value instanceof Map<?, ?> map) {
      writeMap(map, json);
    } else if (value instanceof byte[] bytes) {
      json.writeBinary(bytes);
    } else if (value.getClass().isArray()) {
      writeList(value, json);
    } else {
      json.writeString(value.toString());
    }
  }

  private static void writeNumber(Number number, JsonGenerator json) throws IOException {
    if (number instanceof Float value) {
      json.writeNumber(ShortestDecimal.of(value));
    } else if (number instanceof Double value) {
      json.writeNumber(value);
    } else if (number instanceof BigDecimal value) {
      json.writeNumber(value);
    } else {
      json.writeNumber(number.longValue());
    }
  }

  private static void writeMap(Map<?, ?> map, JsonGenerator json) throws IOException {
    json.writeStartObject();
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      json.writeFieldName(String.valueOf(entry.getKey()));
      write(entry.getValue(), json);
    }
    json.writeEndObject();
  }

  private static void writeList(Object array, JsonGenerator json) throws IOException {
    json.writeStartArray();
    for (int i = 0; i < Array.getLength(array); i++) {
      write(Array.get(array, i), json);
    }
    json.writeEndArray();
  }
}
