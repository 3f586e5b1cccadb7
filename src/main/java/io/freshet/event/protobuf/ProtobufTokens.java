package io.freshet.event.protobuf;

import static io.freshet.event.Rejection.Kind.NOT_PROTOBUF;
import static io.freshet.event.Rejection.Kind.TOO_LARGE;

import com.fasterxml.jackson.core.JsonToken;
import com.google.protobuf.Descriptors.FieldDescriptor.Type;
import io.freshet.event.RejectedException;
import io.freshet.event.parse.BinaryInput;
import io.freshet.event.parse.Tokens;

/**
 * The tokens of a Protobuf message, by its descriptor, as if its JSON had been sent, under the
 * names that fields have in their {@code .proto}:
 *
 * <ul>
 *   <li>a message or map is an object, a repeated field a list, an enum the name of its number;
 *   <li>a field that has presence and is not there is not there; one without presence has its
 *       default then;
 *   <li>a wrapper is its value, a {@code Timestamp} an integer of milliseconds;
 *   <li>a float is the shortest decimal that reads back as it;
 *   <li>bytes are no value of JSON, and no reader takes them;
 *   <li>fields that the descriptor does not know are skipped.
 * </ul>
 *
 * <p>A message is indexed when it is entered, and not at all where it is skipped. Nesting is at
 * most {@value #MAX_DEPTH} deep, and defaults are at most as many as bytes are allowed. One for
 * each thread, used again and again.
 */
final class ProtobufTokens implements Tokens {
  private static final int MAX_DEPTH = 64;
  private static final int MILLIS = 1000;
  private static final int NANOS_PER_MILLI = 1_000_000;

  /** An object or list that is open. */
  private static final class Level {
    FieldShape field; // of a list or map; null for a message
    MessageShape shape; // of a message
    int headsBefore;
    int placesBefore;
    int begin; // of a message that is not indexed yet, otherwise -1
    int end;
    int first; // of the message's fields in the index
    int next; // of the message's fields; of a list, the next element
    int packedAt;
    int packedEnd; // of a piece of a list
  }

  private final int maxDefaults;
  private final BinaryInput in = new BinaryInput(NOT_PROTOBUF);
  private final FieldIndex index = new FieldIndex();
  private final ScalarValue scalar = new ScalarValue(in);
  private final Level[] open = new Level[MAX_DEPTH];
  private int depth;
  private int length;
  private int defaults;
  private int start;
  private FieldShape pending; // whose value comes next, behind its name
  private int pendingPlace;
  private JsonToken token;
  private String name;

  ProtobufTokens(int maxDefaults) {
    this.maxDefaults = maxDefaults;
    for (int i = 0; i < MAX_DEPTH; i++) {
      open[i] = new Level();
    }
  }

  /** Begins a record, at its first token. */
  void reset(byte[] bytes, int from, MessageShape shape) throws RejectedException {
    in.reset(bytes, from);
    index.clear();
    length = bytes.length;
    depth = 0;
    defaults = 0;
    pending = null;
    token = openMessage(shape, from, bytes.length);
    index(open[0]); // all of it, as what is malformed is no event
  }

  @Override
  public JsonToken nextToken() throws RejectedException {
    scalar.reset();
    if (pending != null) {
      FieldShape field = pending;
      pending = null;
      token = pendingPlace == FieldIndex.NONE ? absent(field) : field(field, pendingPlace);
    } else if (depth == 0) {
      token = null;
    } else {
      Level level = open[depth - 1];
      if (level.field == null) {
        token = nextField(level);
      } else {
        token = level.field.isList ? nextElement(level) : nextEntry(level);
      }
    }
    return token;
  }

  private JsonToken nextField(Level level) throws RejectedException {
    if (level.begin >= 0) {
      index(level);
    }
    while (level.next < level.shape.size()) {
      FieldShape field = level.shape.field(level.next);
      int place = index.head(level.first + level.next++);
      if (place != FieldIndex.NONE || !field.hasPresence && !field.isRepeated()) {
        return name(field.name, field, place);
      }
    }
    return close(JsonToken.END_OBJECT);
  }

  private JsonToken name(String as, FieldShape field, int place) {
    name = as;
    pending = field;
    pendingPlace = place;
    return JsonToken.FIELD_NAME;
  }

  private JsonToken close(JsonToken end) {
    Level level = open[--depth];
    index.drop(level.headsBefore, level.placesBefore);
    return end;
  }

  /** The value of a field, or its list or map. */
  private JsonToken field(FieldShape field, int place) throws RejectedException {
    if (!field.isRepeated()) {
      return value(field, place);
    }
    Level level = push();
    level.field = field;
    level.next = place;
    level.packedAt = 0;
    level.packedEnd = 0;
    start = FieldIndex.offset(index.place(place));
    return field.isList ? JsonToken.START_ARRAY : JsonToken.START_OBJECT;
  }

  private JsonToken nextElement(Level list) throws RejectedException {
    while (list.packedAt == list.packedEnd) {
      if (list.next == FieldIndex.NONE) {
        return close(JsonToken.END_ARRAY);
      }
      int place = index.place(list.next);
      list.next = index.next(list.next);
      if (FieldIndex.wire(place) == list.field.wire) {
        return value(list.field, place);
      }
      enter(FieldIndex.offset(place), length);
      list.packedAt = in.position();
      list.packedEnd = in.position() + in.remaining();
    }
    in.seek(list.packedAt, list.packedEnd);
    start = list.packedAt;
    JsonToken element = scalar.read(list.field);
    list.packedAt = in.position();
    return element;
  }

  private JsonToken nextEntry(Level map) throws RejectedException {
    if (map.next == FieldIndex.NONE) {
      return close(JsonToken.END_OBJECT);
    }
    MessageShape entry = map.field.message;
    int heads = index.headsSize();
    int places = index.placesSize();
    enter(FieldIndex.offset(index.place(map.next)), length);
    map.next = index.next(map.next);
    int first = index.add(entry, in);
    int key = index.head(first);
    int value = index.head(first + 1);
    index.drop(heads, places);
    JsonToken type = key == FieldIndex.NONE ? absent(entry.field(0)) : value(entry.field(0), key);
    String as =
        type == JsonToken.VALUE_TRUE || type == JsonToken.VALUE_FALSE
            ? String.valueOf(type == JsonToken.VALUE_TRUE)
            : scalar.text(type);
    scalar.reset();
    return name(as, entry.field(1), value);
  }

  /** The default of a field that is not there; of a map's entry it may be a message. */
  private JsonToken absent(FieldShape field) throws RejectedException {
    if (++defaults > maxDefaults) {
      throw new RejectedException(
          TOO_LARGE,
          "more than %s fields have their default (byte %s)".formatted(maxDefaults, start));
    }
    return switch (field.kind) {
      case TIMESTAMP -> scalar.time(0);
      case WRAPPER -> absent(field.message.field(0));
      case SCALAR -> scalar.zero(field);
      default -> openMessage(field.message, 0, 0);
    };
  }

  private JsonToken value(FieldShape field, int place) throws RejectedException {
    start = FieldIndex.offset(place);
    if (field.kind == FieldShape.Kind.SCALAR) {
      in.seek(start, length);
      return scalar.read(field);
    }
    if (field.type == Type.GROUP) {
      return group(field);
    }
    enter(start, length);
    return switch (field.kind) {
      case TIMESTAMP -> time(field.message);
      case WRAPPER -> wrapped(field.message);
      default -> openMessage(field.message, in.position(), in.position() + in.remaining());
    };
  }

  /** Narrows the input to the bytes behind a length. */
  private void enter(int from, int to) throws RejectedException {
    in.seek(from, to);
    long size = in.readVarint();
    if (size < 0 || size > in.remaining()) {
      throw in.malformed("%s bytes should follow, and %s do".formatted(size, in.remaining()));
    }
    in.seek(in.position(), in.position() + (int) size);
  }

  private JsonToken group(FieldShape field) throws RejectedException {
    in.seek(start, length);
    int end = start;
    for (int tag = Wire.readTag(in); Wire.type(tag) != Wire.END_GROUP; tag = Wire.readTag(in)) {
      Wire.skip(tag, in);
      end = in.position();
    }
    return openMessage(field.message, start, end);
  }

  private JsonToken time(MessageShape timestamp) throws RejectedException {
    int heads = index.headsSize();
    int first = index.add(timestamp, in);
    long seconds = varint(index.head(first));
    long nanos = varint(index.head(first + 1));
    index.drop(heads, index.placesSize());
    if (Math.abs(seconds) > Long.MAX_VALUE / (2 * MILLIS)) {
      throw in.malformed("a Timestamp of %s seconds".formatted(seconds));
    }
    return scalar.time(seconds * MILLIS + Math.floorDiv(nanos, NANOS_PER_MILLI));
  }

  private long varint(int place) throws RejectedException {
    if (place == FieldIndex.NONE) {
      return 0;
    }
    in.seek(FieldIndex.offset(place), length);
    return in.readVarint();
  }

  private JsonToken wrapped(MessageShape wrapper) throws RejectedException {
    int heads = index.headsSize();
    int place = index.head(index.add(wrapper, in));
    index.drop(heads, index.placesSize());
    return place == FieldIndex.NONE
        ? scalar.zero(wrapper.field(0))
        : value(wrapper.field(0), place);
  }

  private JsonToken openMessage(MessageShape shape, int begin, int end) throws RejectedException {
    Level level = push();
    level.field = null;
    level.shape = shape;
    level.begin = begin;
    level.end = end;
    return JsonToken.START_OBJECT;
  }

  private Level push() throws RejectedException {
    if (depth == MAX_DEPTH) {
      throw new RejectedException(
          TOO_LARGE, "nested deeper than %s (byte %s)".formatted(MAX_DEPTH, start));
    }
    Level level = open[depth++];
    level.headsBefore = index.headsSize();
    level.placesBefore = index.placesSize();
    return level;
  }

  private void index(Level level) throws RejectedException {
    in.seek(level.begin, level.end);
    level.begin = -1;
    level.next = 0;
    level.first = index.add(level.shape, in);
  }

  @Override
  public void skipChildren() {
    if (token.isStructStart()) {
      token = close(token == JsonToken.START_ARRAY ? JsonToken.END_ARRAY : JsonToken.END_OBJECT);
    }
  }

  @Override
  public String logicalType() {
    return scalar.isTime() ? "timestamp-millis" : "";
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
  public String getText() {
    return scalar.text(token);
  }

  @Override
  public char[] getTextCharacters() {
    return scalar.characters(token);
  }

  @Override
  public int getTextOffset() {
    return scalar.offset(token);
  }

  @Override
  public int getTextLength() {
    return scalar.length(token);
  }

  @Override
  public double getDoubleValue() {
    return scalar.number();
  }

  @Override
  public long getLongValue() {
    return scalar.integer();
  }

  @Override
  public long byteOffset() {
    return start;
  }
}
