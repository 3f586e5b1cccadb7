package io.freshet.event.protobuf;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.JsonToken;
import io.freshet.event.RejectedException;
import io.freshet.event.parse.BinaryInput;
import io.freshet.event.parse.DecimalDigits;
import io.freshet.event.parse.ShortestDecimal;

/** The value of a token that is no structure: read from the input, a default, or a time. */
final class ScalarValue {
  private final BinaryInput in;
  private final DecimalDigits digits = new DecimalDigits();
  private String text; // of a string or integer; null for that of the input or number
  private long integer;
  private double number;
  private boolean isTime;

  ScalarValue(BinaryInput in) {
    this.in = requireNonNull(in, "in");
  }

  void reset() {
    isTime = false;
    text = null;
  }

  /** Reads the value of a field of a scalar type, at which the input stands. */
  JsonToken read(FieldShape field) throws RejectedException {
    return switch (field.type) {
      case STRING -> {
        in.readString(in.readVarint());
        yield JsonToken.VALUE_STRING;
      }
      case BYTES -> {
        in.skip(in.readVarint());
        yield JsonToken.VALUE_EMBEDDED_OBJECT;
      }
      case BOOL -> in.readVarint() == 0 ? JsonToken.VALUE_FALSE : JsonToken.VALUE_TRUE;
      case ENUM -> symbol(field, (int) in.readVarint());
      case FLOAT -> number(ShortestDecimal.of(in.readFloat()));
      case DOUBLE -> number(in.readDouble());
      case INT32 -> integer((int) in.readVarint());
      case INT64 -> integer(in.readVarint());
      case UINT32 -> integer(in.readVarint() & 0xFFFF_FFFFL);
      case UINT64 -> unsigned(in.readVarint());
      case SINT32 -> integer((int) in.readLong());
      case SINT64 -> integer(in.readLong());
      case FIXED32 -> integer(in.readFixedInt() & 0xFFFF_FFFFL);
      case FIXED64 -> unsigned(in.readFixedLong());
      case SFIXED32 -> integer(in.readFixedInt());
      case SFIXED64 -> integer(in.readFixedLong());
      default -> throw new IllegalStateException("a message is no scalar: " + field.name);
    };
  }

  /** Takes the default of a field. */
  JsonToken zero(FieldShape field) {
    return switch (field.type) {
      case STRING -> string("");
      case BYTES -> JsonToken.VALUE_EMBEDDED_OBJECT;
      case BOOL -> JsonToken.VALUE_FALSE;
      case FLOAT, DOUBLE -> number(0);
      case ENUM -> symbol(field, 0);
      default -> integer(0);
    };
  }

  JsonToken time(long millis) {
    isTime = true;
    return integer(millis);
  }

  private JsonToken symbol(FieldShape field, int value) {
    String symbol = field.symbol(value);
    return symbol == null ? integer(value) : string(symbol);
  }

  private JsonToken string(String value) {
    text = value;
    return JsonToken.VALUE_STRING;
  }

  private JsonToken number(double value) {
    number = value;
    return JsonToken.VALUE_NUMBER_FLOAT;
  }

  private JsonToken integer(long value) {
    integer = value;
    number = value;
    return JsonToken.VALUE_NUMBER_INT;
  }

  private JsonToken unsigned(long value) {
    integer(value);
    if (value < 0) {
      text = Long.toUnsignedString(value);
      number = Double.parseDouble(text);
    }
    return JsonToken.VALUE_NUMBER_INT;
  }

  boolean isTime() {
    return isTime;
  }

  double number() {
    return number;
  }

  long integer() {
    return integer;
  }

  /** The value as text, where it is of this token. */
  String text(JsonToken of) {
    return text != null ? text : new String(characters(of), offset(of), length(of));
  }

  char[] characters(JsonToken of) {
    if (text != null) {
      return text.toCharArray();
    }
    return of == JsonToken.VALUE_NUMBER_INT ? digits.of(integer) : in.chars();
  }

  int offset(JsonToken of) {
    return text == null && of == JsonToken.VALUE_NUMBER_INT ? digits.offset() : 0;
  }

  int length(JsonToken of) {
    if (text != null) {
      return text.length();
    }
    return of == JsonToken.VALUE_NUMBER_INT ? digits.length() : in.length();
  }
}
