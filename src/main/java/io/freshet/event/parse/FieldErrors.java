package io.freshet.event.parse;

import static io.freshet.event.Rejection.Kind.DUPLICATE_KEY;
import static io.freshet.event.Rejection.Kind.MISSING_KEY;
import static io.freshet.event.Rejection.Kind.WRONG_TYPE;

import io.freshet.event.RejectedException;
import io.freshet.event.Rejection;

/** Words rejections so that they name the place: the path of the key and the byte. */
public final class FieldErrors {
  private FieldErrors() {}

  public static RejectedException wrongType(String path, Tokens record, String right) {
    return rejected(
        WRONG_TYPE, path, record, "is %s; expected %s".formatted(nameOfToken(record), right));
  }

  public static RejectedException duplicate(String path, Tokens record) {
    return rejected(DUPLICATE_KEY, path, record, "is a duplicate key");
  }

  public static RejectedException missing(String path, String right) {
    return new RejectedException(MISSING_KEY, "%s is missing; expected %s".formatted(path, right));
  }

  public static RejectedException rejected(
      Rejection.Kind kind, String path, Tokens record, String fault) {
    return new RejectedException(kind, path + " " + fault + byteOf(record));
  }

  public static String byteOf(Tokens record) {
    return " (byte %s)".formatted(record.byteOffset());
  }

  private static String nameOfToken(Tokens record) {
    return switch (record.currentToken()) {
      case START_OBJECT -> "an object";
      case START_ARRAY -> "a list";
      case VALUE_STRING -> "a string";
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> "a number";
      case VALUE_TRUE, VALUE_FALSE -> "a boolean";
      case VALUE_NULL -> "null";
      case VALUE_EMBEDDED_OBJECT -> "bytes";
      default -> record.currentToken().name();
    };
  }
}
