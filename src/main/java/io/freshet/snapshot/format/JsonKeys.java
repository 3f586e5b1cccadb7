package io.freshet.snapshot.format;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.function.Predicate;

/** Typed look-ups in a JSON object; a missing or mistyped key is named in the error. */
public final class JsonKeys {
  private JsonKeys() {}

  public static String text(JsonNode json, String key) {
    return require(json, key, JsonNode::isTextual, "a string").textValue();
  }

  static long number(JsonNode json, String key) {
    return require(json, key, JsonNode::canConvertToLong, "a whole number").longValue();
  }

  static double real(JsonNode json, String key) {
    return require(json, key, JsonNode::isNumber, "a number").doubleValue();
  }

  public static JsonNode array(JsonNode json, String key) {
    return require(json, key, JsonNode::isArray, "an array");
  }

  static JsonNode object(JsonNode json, String key) {
    return require(json, key, JsonNode::isObject, "an object");
  }

  private static JsonNode require(
      JsonNode json, String key, Predicate<JsonNode> expected, String what) {
    JsonNode value = json.path(key);
    if (value.isMissingNode()) {
      throw new IllegalArgumentException("\"%s\" is missing".formatted(key));
    }
    if (!expected.test(value)) {
      throw new IllegalArgumentException("\"%s\" is %s, not %s".formatted(key, value, what));
    }
    return value;
  }
}
