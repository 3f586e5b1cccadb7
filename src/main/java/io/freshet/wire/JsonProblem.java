package io.freshet.wire;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonMappingException.Reference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.exc.InvalidTypeIdException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import java.io.IOException;
import java.time.DateTimeException;
import java.util.Arrays;
import java.util.Collection;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What keeps a JSON text from being a record: the key, what is there and what is expected. */
final class JsonProblem {
  /** The key that names the subtype, wherever there are several. */
  private static final String KIND = "kind";

  /** Where what is not closed began, in terms of the parser. */
  private static final Pattern START_MARKER =
      Pattern.compile(" \\(start marker at .*", Pattern.DOTALL);

  private JsonProblem() {}

  static IOException of(JsonProcessingException problem, JsonNode json) {
    return new IOException(describe(problem, json), problem);
  }

  /** Of a text that is not JSON. */
  static IOException of(JsonProcessingException problem) {
    JsonLocation at = problem.getLocation();
    String where =
        at == null ? "" : " at line %s, column %s".formatted(at.getLineNr(), at.getColumnNr());
    return new IOException(
        START_MARKER.matcher(problem.getOriginalMessage()).replaceFirst("") + where, problem);
  }

  private static String describe(JsonProcessingException problem, JsonNode json) {
    if (!(problem instanceof JsonMappingException mapping)) {
      return problem.getOriginalMessage();
    }
    StringBuilder path = new StringBuilder();
    JsonNode value = json;
    boolean isElement = false;
    for (Reference step : mapping.getPath()) {
      isElement = step.getFieldName() == null;
      if (isElement) {
        path.append('[').append(step.getIndex()).append(']');
        value = value.path(step.getIndex());
      } else {
        path.append(path.isEmpty() ? "" : ".").append(step.getFieldName());
        value = value.path(step.getFieldName());
      }
    }
    if (problem instanceof InvalidTypeIdException && value.isObject()) {
      path.append(path.isEmpty() ? "" : ".").append(KIND);
      value = value.path(KIND);
    }
    String key = path.isEmpty() ? "the JSON" : "\"" + path + "\"";
    Throwable cause = mapping.getCause();
    if (value.isMissingNode()) {
      return key + " is missing";
    }
    if (cause instanceof IllegalArgumentException || cause instanceof DateTimeException) {
      return key + ": " + cause.getMessage();
    }
    if (problem instanceof MismatchedInputException mismatch && mismatch.getTargetType() != null) {
      return "%s is %s, not %s"
          .formatted(key, value, expected(mismatch.getTargetType(), isElement));
    }
    return key + ": " + problem.getOriginalMessage();
  }

  /**
   * What is expected, in words.
   *
   * @param isElement whether it is an element of an array, of which the type may tell
   */
  private static String expected(Class<?> target, boolean isElement) {
    Class<?> type = isElement && target.isArray() ? target.getComponentType() : target;
    if (type.isEnum()) {
      return Arrays.stream(type.getEnumConstants())
          .map(constant -> Json.tree(constant).asText())
          .collect(Collectors.joining(" or "));
    } else if (type == String.class || isText(type)) {
      return "a string";
    } else if (type == boolean.class) {
      return "true or false";
    } else if (type == double.class || type == Double.class || type == float.class) {
      return "a number";
    } else if (type.isPrimitive() || Number.class.isAssignableFrom(type)) {
      return "a whole number";
    } else if (type.isArray() || Collection.class.isAssignableFrom(type)) {
      return "an array";
    } else if (type.isAnnotationPresent(JsonTypeInfo.class)) {
      return "a kind that is known here";
    }
    return "an object";
  }

  private static boolean isText(Class<?> type) {
    return Arrays.stream(type.getMethods()).anyMatch(m -> m.isAnnotationPresent(JsonValue.class));
  }
}
