package io.freshet.lab.stream;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;

/** Writes impressions and clicks as the JSON that the job reads. */
public final class EventJson {
  private static final JsonFactory JSON = new JsonFactory();

  private EventJson() {}

  /** Writes features by name: strings, numbers or lists of strings. */
  public static byte[] impression(String id, long timestamp, Map<String, Object> features) {
    return write(
        json -> {
          head(json, id, timestamp);
          json.writeObjectFieldStart("features");
          for (Map.Entry<String, Object> feature : features.entrySet()) {
            json.writeFieldName(feature.getKey());
            value(json, feature.getValue());
          }
          json.writeEndObject();
        });
  }

  public static byte[] click(String impressionId, long timestamp) {
    return write(json -> head(json, impressionId, timestamp));
  }

  private static void head(JsonGenerator json, String id, long timestamp) throws IOException {
    json.writeStringField("impression_id", id);
    json.writeNumberField("timestamp", timestamp);
  }

  private static void value(JsonGenerator json, Object value) throws IOException {
    if (value instanceof String text) {
      json.writeString(text);
    } else if (value instanceof Double number) {
      json.writeNumber(number);
    } else if (value instanceof List<?> list) {
      json.writeStartArray();
      for (Object element : list) {
        value(json, element);
      }
      json.writeEndArray();
    } else {
      throw new IllegalArgumentException("a feature cannot be a " + value.getClass().getName());
    }
  }

  private static byte[] write(Body body) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
    try (JsonGenerator json = JSON.createGenerator(bytes)) {
      json.writeStartObject();
      body.write(json);
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory", e);
    }
    return bytes.toByteArray();
  }

  private interface Body {
    void write(JsonGenerator json) throws IOException;
  }
}
