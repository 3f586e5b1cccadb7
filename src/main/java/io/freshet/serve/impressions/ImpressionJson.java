package io.freshet.serve.impressions;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.freshet.event.FeatureValues;
import io.freshet.serve.predict.Scored;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Map;

/**
 * Writes an impression as {@code schemas/impression.schema.json} has it: its features as they came,
 * and under {@code served} what was said of it. A decoder reads the same values again.
 */
final class ImpressionJson {
  private static final JsonFactory JSON = new JsonFactory();

  private ImpressionJson() {}

  static byte[] of(Scored scored, int instance) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(512);
    try (JsonGenerator json = JSON.createGenerator(out)) {
      json.writeStartObject();
      json.writeStringField("impression_id", scored.rows().id(instance).orElseThrow());
      json.writeNumberField("timestamp", scored.time().toEpochMilli());
      json.writeObjectFieldStart("features");
      write(scored.rows().features().get(instance), json);
      json.writeEndObject();
      writeServed(scored, instance, json);
      json.writeEndObject();
    } catch (IOException e) {
      throw new IllegalStateException("memory cannot be written to", e);
    }
    return out.toByteArray();
  }

  private static void write(FeatureValues features, JsonGenerator json) throws IOException {
    for (int feature = 0; feature < features.names().size(); feature++) {
      int first = features.first(feature);
      int count = features.count(feature);
      if (count == 0) {
        continue;
      }
      json.writeFieldName(features.names().name(feature));
      if (features.isWeighted(feature)) {
        writeWeights(features, first, count, json);
        continue;
      }
      if (features.isList(feature)) {
        json.writeStartArray();
      }
      for (int value = first; value < first + count; value++) {
        writeValue(features, value, json);
      }
      if (features.isList(feature)) {
        json.writeEndArray();
      }
    }
  }

  private static void writeWeights(FeatureValues features, int first, int count, JsonGenerator json)
      throws IOException {
    json.writeStartObject();
    for (int value = first; value < first + count; value++) {
      json.writeNumberField(features.text(value), features.number(value));
    }
    json.writeEndObject();
  }

  private static void writeValue(FeatureValues features, int value, JsonGenerator json)
      throws IOException {
    switch (features.type(value)) {
      case STRING -> json.writeString(features.text(value));
      case INTEGER -> json.writeNumber(features.text(value));
      case DOUBLE -> json.writeNumber(features.number(value));
      case BOOLEAN -> json.writeBoolean(features.number(value) != 0);
    }
  }

  private static void writeServed(Scored scored, int instance, JsonGenerator json)
      throws IOException {
    json.writeObjectFieldStart("served");
    json.writeStringField("endpoint", scored.endpoint());
    json.writeStringField("model", scored.model().orElse(scored.endpoint()));
    json.writeStringField("version", scored.version().toString());
    json.writeNumberField("score", scored.scores()[instance]);
    if (scored.rows().request().isPresent()) {
      json.writeStringField("request_id", scored.rows().request().get());
    }
    if (!scored.shadows().isEmpty()) {
      json.writeArrayFieldStart("shadows");
      for (Map.Entry<Scored.ShadowVersion, float[]> shadow : scored.shadows().entrySet()) {
        json.writeStartObject();
        json.writeStringField("model", shadow.getKey().model());
        json.writeStringField("version", shadow.getKey().version().toString());
        json.writeNumberField("score", shadow.getValue()[instance]);
        json.writeEndObject();
      }
      json.writeEndArray();
    }
    json.writeEndObject();
  }
}
