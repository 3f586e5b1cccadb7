package io.freshet.config;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;

/**
 * What a JSON Schema says of each value of a document: the part of the vocabulary that our schema
 * uses ({@code properties}, {@code items}, {@code $ref}, {@code allOf}, {@code if}/{@code then}).
 */
final class SchemaKeys {
  private final JsonNode schema;

  SchemaKeys(JsonNode schema) {
    this.schema = schema;
  }

  /** Calls for every value of the document, with its key as our reader names it. */
  void walk(JsonNode document, BiConsumer<String, List<JsonNode>> visit) {
    walk("", document, parts(schema, document), visit);
  }

  /** The schemas of each key that a mapping may have. */
  Map<String, List<JsonNode>> properties(List<JsonNode> parts, JsonNode instance) {
    Map<String, List<JsonNode>> properties = new TreeMap<>();
    for (JsonNode part : parts) {
      for (Map.Entry<String, JsonNode> p : part.path("properties").properties()) {
        properties
            .computeIfAbsent(p.getKey(), k -> new ArrayList<>())
            .addAll(parts(p.getValue(), instance.path(p.getKey())));
      }
    }
    return properties;
  }

  private void walk(
      String key, JsonNode node, List<JsonNode> parts, BiConsumer<String, List<JsonNode>> visit) {
    visit.accept(key, parts);
    Map<String, List<JsonNode>> properties = properties(parts, node);
    for (Map.Entry<String, JsonNode> p : node.properties()) {
      String child = key.isEmpty() ? p.getKey() : key + '.' + p.getKey();
      walk(child, p.getValue(), properties.getOrDefault(p.getKey(), List.of()), visit);
    }
    for (int i = 0; node.isArray() && i < node.size(); i++) {
      List<JsonNode> items = new ArrayList<>();
      for (JsonNode part : parts) {
        items.addAll(parts(part.path("items"), node.get(i)));
      }
      walk(key + '[' + (i + 1) + ']', node.get(i), items, visit);
    }
  }

  /** A schema and all that it takes in for this instance. */
  private List<JsonNode> parts(JsonNode part, JsonNode instance) {
    List<JsonNode> parts = new ArrayList<>(List.of(part));
    if (part.has("$ref")) {
      parts.addAll(parts(schema.at(part.get("$ref").asText().substring(1)), instance));
    }
    for (JsonNode one : part.path("allOf")) {
      if (!one.has("if")) {
        parts.addAll(parts(one, instance));
      } else if (holds(one.get("if"), instance)) {
        parts.addAll(parts(one.get("then"), instance));
      }
    }
    return parts;
  }

  private static boolean holds(JsonNode condition, JsonNode instance) {
    for (Map.Entry<String, JsonNode> p : condition.get("properties").properties()) {
      boolean has = instance.has(p.getKey());
      boolean equal = has && instance.get(p.getKey()).equals(p.getValue().get("const"));
      boolean required = !condition.path("required").isEmpty();
      if (has ? !equal : required) {
        return false;
      }
    }
    return true;
  }
}
