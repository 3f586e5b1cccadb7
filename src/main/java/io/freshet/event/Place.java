package io.freshet.event;

import static io.freshet.event.Rejection.Kind.DUPLICATE_KEY;
import static io.freshet.event.Rejection.Kind.MISSING_KEY;
import static io.freshet.event.Rejection.Kind.WRONG_TYPE;

import com.fasterxml.jackson.core.JsonParser;

/** Words rejections so that they name the place: the path of the key and the byte. */
final class Place {
  private Place() {}

  static RejectedException wrongType(String path, JsonParser json, String right) {
    return rejected(
        WRONG_TYPE, path, json, "is %s; %s is right".formatted(nameOfToken(json), right));
  }

  static RejectedException duplicate(String path, JsonParser json) {
    return rejected(DUPLICATE_KEY, path, json, "stands there twice; once is right");
  }

  static RejectedException missing(String path, String right) {
    return new RejectedException(MISSING_KEY, "%s is missing; %s is right".formatted(path, right));
  }

  static RejectedException rejected(
      Rejection.Kind kind, String path, JsonParser json, String fault) {
    return new RejectedException(kind, path + " " + fault + byteOf(json));
  }

  static String byteOf(JsonParser json) {
    return " (byte %d)".formatted(json.currentTokenLocation().getByteOffset());
  }

  private static String nameOfToken(JsonParser json) {
    return switch (json.currentToken()) {
      case START_OBJECT -> "an object";
      case START_ARRAY -> "a list";
      case VALUE_STRING -> "a string";
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> "a number";
      case VALUE_TRUE, VALUE_FALSE -> "a boolean";
      case VALUE_NULL -> "null";
      default -> json.currentToken().name();
    };
  }
}
