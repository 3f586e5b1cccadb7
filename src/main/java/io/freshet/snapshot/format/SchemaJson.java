package io.freshet.snapshot.format;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.freshet.feature.FeatureSchema;
import io.freshet.feature.Field;
import io.freshet.feature.Field.Transform;
import java.util.ArrayList;
import java.util.List;

/** A {@link FeatureSchema} in a manifest: all that encoding an impression needs. */
final class SchemaJson {
  private SchemaJson() {}

  static ObjectNode write(FeatureSchema schema) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("user_field", schema.userField());
    for (Field field : schema.fields()) {
      json.withArray("fields").add(write(field));
    }
    return json;
  }

  static FeatureSchema read(JsonNode json) {
    List<Field> fields = new ArrayList<>();
    for (JsonNode field : JsonKeys.array(json, "fields")) {
      fields.add(readField(field));
    }
    return new FeatureSchema(fields, JsonKeys.text(json, "user_field"));
  }

  private static ObjectNode write(Field field) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("name", field.name()).put("number", field.number());
    if (field instanceof Field.Categorical) {
      json.put("kind", "categorical");
    } else if (field instanceof Field.Multi) {
      json.put("kind", "multi");
    } else if (field instanceof Field.Numeric numeric) {
      json.put("kind", "numeric").set("transform", write(numeric.transform()));
    } else if (field instanceof Field.Cross cross) {
      json.put("kind", "cross");
      cross.of().forEach(json.withArray("of")::add);
    }
    return json;
  }

  private static Field readField(JsonNode json) {
    String name = JsonKeys.text(json, "name");
    int number = Math.toIntExact(JsonKeys.number(json, "number"));
    String kind = JsonKeys.text(json, "kind");
    return switch (kind) {
      case "categorical" -> new Field.Categorical(name, number);
      case "multi" -> new Field.Multi(name, number);
      case "numeric" ->
          new Field.Numeric(name, number, readTransform(JsonKeys.object(json, "transform")));
      case "cross" -> new Field.Cross(name, number, readNames(JsonKeys.array(json, "of")));
      default ->
          throw new IllegalArgumentException(
              "field \"%s\" has the unknown kind \"%s\"".formatted(name, kind));
    };
  }

  private static ObjectNode write(Transform transform) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    if (transform instanceof Transform.Identity) {
      json.put("kind", "identity");
    } else if (transform instanceof Transform.Log) {
      json.put("kind", "log");
    } else if (transform instanceof Transform.Standardize standardize) {
      json.put("kind", "standardize");
      json.put("mean", standardize.mean()).put("deviation", standardize.deviation());
    } else if (transform instanceof Transform.Buckets buckets) {
      json.put("kind", "buckets");
      buckets.bounds().forEach(json.withArray("bounds")::add);
    }
    return json;
  }

  private static Transform readTransform(JsonNode json) {
    String kind = JsonKeys.text(json, "kind");
    return switch (kind) {
      case "identity" -> new Transform.Identity();
      case "log" -> new Transform.Log();
      case "standardize" ->
          new Transform.Standardize(JsonKeys.real(json, "mean"), JsonKeys.real(json, "deviation"));
      case "buckets" -> new Transform.Buckets(readBounds(JsonKeys.array(json, "bounds")));
      default -> throw new IllegalArgumentException("unknown transform \"" + kind + '"');
    };
  }

  private static List<String> readNames(JsonNode json) {
    List<String> names = new ArrayList<>();
    json.forEach(name -> names.add(name.asText()));
    return names;
  }

  private static List<Double> readBounds(JsonNode json) {
    List<Double> bounds = new ArrayList<>();
    json.forEach(bound -> bounds.add(bound.asDouble()));
    return bounds;
  }
}
