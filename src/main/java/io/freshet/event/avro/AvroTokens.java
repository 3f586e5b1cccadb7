package io.freshet.event.avro;

import static io.freshet.event.Rejection.Kind.TOO_LARGE;

import com.fasterxml.jackson.core.JsonToken;
import io.freshet.event.RejectedException;
import io.freshet.event.Rejection;
import io.freshet.event.parse.BinaryInput;
import io.freshet.event.parse.DecimalDigits;
import io.freshet.event.parse.ShortestDecimal;
import io.freshet.event.parse.Tokens;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.UUID;
import org.apache.avro.LogicalType;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.Schema.Type;

/**
 * The tokens of an Avro record, by the schema it was written with, as if its JSON had been sent:
 *
 * <ul>
 *   <li>a record or map is an object, a union is the value of its branch, an enum is a string;
 *   <li>a record's field that is null is not there; elsewhere null is null;
 *   <li>a float is the shortest decimal that reads back as it, so that .1 means .1;
 *   <li>a decimal is a number, and an integer where it has no fraction by its schema; a UUID is its
 *       text;
 *   <li>other bytes and fixed are no value of JSON, and no reader takes them;
 *   <li>an integer of a logical type is the integer that was written; its reader may interpret the
 *       type.
 * </ul>
 *
 * <p>Items of arrays and maps that take no bytes could be without number: there are at most so many
 * in a record as bytes are allowed. Nesting is at most {@value #MAX_DEPTH} deep. One for each
 * thread, used again and again.
 */
final class AvroTokens implements Tokens {
  private static final int MAX_DEPTH = 64;
  private static final int MAX_DECIMAL_BYTES = 64; // 153 digits
  private static final int UUID_BYTES = 16;

  private final BinaryInput in = new BinaryInput(Rejection.Kind.NOT_AVRO);
  private final DecimalDigits digits = new DecimalDigits();
  private final int maxItems;
  private final Schema[] open = new Schema[MAX_DEPTH];
  private final long[] left = new long[MAX_DEPTH]; // of a block; of a record, the next field
  private int depth;
  private long items;
  private Schema next; // of a value that begins here; null where its object or list says what does
  private int start;
  private JsonToken token;
  private String name;
  private String symbol;
  private long integer;
  private BigInteger longInteger; // of a decimal without fraction; null for integer
  private Schema integers;
  private double number;

  AvroTokens(int maxItems) {
    this.maxItems = maxItems;
  }

  /** Begins a record, before its first token. */
  void reset(byte[] bytes, int from, Schema schema) throws RejectedException {
    in.reset(bytes, from);
    depth = 0;
    items = 0;
    token = null;
    name = null;
    next = branch(schema);
  }

  int remaining() {
    return in.remaining();
  }

  @Override
  public JsonToken nextToken() throws RejectedException {
    start = in.position();
    if (next != null) {
      Schema value = next;
      next = null;
      token = value(value);
    } else if (depth == 0) {
      token = null;
    } else {
      Schema inside = open[depth - 1];
      token =
          switch (inside.getType()) {
            case RECORD -> nextField(inside.getFields());
            case MAP -> nextEntry(inside);
            default -> nextElement(inside);
          };
    }
    return token;
  }

  private JsonToken nextField(List<Schema.Field> fields) throws RejectedException {
    while (left[depth - 1] < fields.size()) {
      Schema.Field field = fields.get((int) left[depth - 1]++);
      Schema value = branch(field.schema());
      if (value.getType() != Type.NULL) {
        name = field.name();
        next = value;
        return JsonToken.FIELD_NAME;
      }
    }
    depth--;
    return JsonToken.END_OBJECT;
  }

  private JsonToken nextEntry(Schema map) throws RejectedException {
    if (!hasItem()) {
      depth--;
      return JsonToken.END_OBJECT;
    }
    in.readString(in.readLong());
    name = new String(in.chars(), 0, in.length());
    next = branch(map.getValueType());
    return JsonToken.FIELD_NAME;
  }

  private JsonToken nextElement(Schema array) throws RejectedException {
    if (!hasItem()) {
      depth--;
      return JsonToken.END_ARRAY;
    }
    return value(branch(array.getElementType()));
  }

  /** Whether the array or map goes on: in its block, or in another. */
  private boolean hasItem() throws RejectedException {
    if (left[depth - 1] == 0) {
      long count = in.readLong();
      if (count < 0) {
        in.readLong(); // the block's bytes
        count = -count;
      }
      if (count < 0 || count > maxItems - items) {
        throw new RejectedException(
            TOO_LARGE,
            "arrays and maps of more than %s items (byte %s)".formatted(maxItems, start));
      }
      items += count;
      left[depth - 1] = count;
    }
    if (left[depth - 1] == 0) {
      return false;
    }
    left[depth - 1]--;
    return true;
  }

  private Schema branch(Schema schema) throws RejectedException {
    if (schema.getType() != Type.UNION) {
      return schema;
    }
    int index = in.readInt();
    List<Schema> branches = schema.getTypes();
    if (index < 0 || index >= branches.size()) {
      throw in.malformed("branch %s of a union of %s".formatted(index, branches.size()));
    }
    return branches.get(index);
  }

  private JsonToken value(Schema schema) throws RejectedException {
    symbol = null;
    return switch (schema.getType()) {
      case RECORD, MAP -> begin(schema, JsonToken.START_OBJECT);
      case ARRAY -> begin(schema, JsonToken.START_ARRAY);
      case STRING -> {
        in.readString(in.readLong());
        yield JsonToken.VALUE_STRING;
      }
      case ENUM -> {
        symbol = symbol(schema, in.readInt());
        yield JsonToken.VALUE_STRING;
      }
      case INT -> integer(schema, in.readInt());
      case LONG -> integer(schema, in.readLong());
      case FLOAT -> number(ShortestDecimal.of(in.readFloat()));
      case DOUBLE -> number(in.readDouble());
      case BOOLEAN -> in.readBoolean() ? JsonToken.VALUE_TRUE : JsonToken.VALUE_FALSE;
      case NULL -> JsonToken.VALUE_NULL;
      case BYTES -> bytes(schema, in.readLong());
      case FIXED -> bytes(schema, schema.getFixedSize());
      default -> throw new IllegalStateException("a union in a union: " + schema);
    };
  }

  private JsonToken number(double value) {
    number = value;
    return JsonToken.VALUE_NUMBER_FLOAT;
  }

  private JsonToken bytes(Schema schema, long size) throws RejectedException {
    LogicalType type = schema.getLogicalType();
    if (type instanceof LogicalTypes.Decimal decimal && 0 < size && size <= MAX_DECIMAL_BYTES) {
      return decimal(new BigInteger(in.readBytes((int) size)), decimal.getScale());
    } else if (type instanceof LogicalTypes.Uuid && size == UUID_BYTES) {
      ByteBuffer uuid = ByteBuffer.wrap(in.readBytes(UUID_BYTES));
      symbol = new UUID(uuid.getLong(), uuid.getLong()).toString();
      return JsonToken.VALUE_STRING;
    }
    in.skip(size);
    return JsonToken.VALUE_EMBEDDED_OBJECT;
  }

  private JsonToken decimal(BigInteger unscaled, int scale) {
    if (scale > 0) {
      return number(new BigDecimal(unscaled, scale).doubleValue());
    }
    integers = null;
    integer = unscaled.longValue();
    longInteger = unscaled;
    return JsonToken.VALUE_NUMBER_INT;
  }

  private JsonToken begin(Schema schema, JsonToken as) throws RejectedException {
    if (depth == MAX_DEPTH) {
      throw new RejectedException(
          TOO_LARGE, "nested deeper than %s (byte %s)".formatted(MAX_DEPTH, start));
    }
    open[depth] = schema;
    left[depth++] = 0;
    return as;
  }

  private String symbol(Schema schema, int index) throws RejectedException {
    List<String> symbols = schema.getEnumSymbols();
    if (index < 0 || index >= symbols.size()) {
      throw in.malformed("symbol %s of an enum of %s".formatted(index, symbols.size()));
    }
    return symbols.get(index);
  }

  private JsonToken integer(Schema schema, long value) {
    integer = value;
    longInteger = null;
    integers = schema;
    return JsonToken.VALUE_NUMBER_INT;
  }

  @Override
  public String logicalType() {
    boolean isTyped = token == JsonToken.VALUE_NUMBER_INT && integers != null;
    String logical = isTyped ? integers.getProp("logicalType") : null;
    return logical == null ? "" : logical;
  }

  @Override
  public String nextFieldName() throws RejectedException {
    return nextToken() == JsonToken.FIELD_NAME ? name : null;
  }

  @Override
  public JsonToken currentToken() {
    return token;
  }

  @Override
  public void skipChildren() throws RejectedException {
    if (token.isStructStart()) {
      int outside = depth - 1;
      while (depth > outside) {
        nextToken();
      }
    }
  }

  @Override
  public String getText() {
    return symbol != null ? symbol : new String(in.chars(), 0, in.length());
  }

  @Override
  public char[] getTextCharacters() {
    if (token == JsonToken.VALUE_NUMBER_INT) {
      return longInteger == null ? digits.of(integer) : longInteger.toString().toCharArray();
    }
    return symbol != null ? symbol.toCharArray() : in.chars();
  }

  @Override
  public int getTextOffset() {
    return token == JsonToken.VALUE_NUMBER_INT && longInteger == null ? digits.offset() : 0;
  }

  @Override
  public int getTextLength() {
    if (token == JsonToken.VALUE_NUMBER_INT) {
      return longInteger == null ? digits.length() : longInteger.toString().length();
    }
    return symbol != null ? symbol.length() : in.length();
  }

  @Override
  public double getDoubleValue() {
    if (token != JsonToken.VALUE_NUMBER_INT) {
      return number;
    }
    return longInteger == null ? integer : longInteger.doubleValue();
  }

  @Override
  public long getLongValue() {
    return integer;
  }

  @Override
  public long byteOffset() {
    return start;
  }
}
