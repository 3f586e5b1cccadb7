package io.freshet.event.protobuf;

import io.freshet.event.RejectedException;
import io.freshet.event.parse.BinaryInput;
import java.util.Arrays;

/**
 * Where the values of the fields of messages lie, for the messages that are open: Protobuf writes
 * fields in any order and lists in pieces, and of a value that is there twice the last counts.
 *
 * <p>A stack: what is indexed later is dropped first. A place is the offset of a value, with its
 * wire type in the lowest bits. Used again and again.
 */
final class FieldIndex {
  static final int NONE = 0;
  private static final int WIRE_BITS = 3;

  private int[] heads = new int[256]; // of fields: a place, or of lists, the first element
  private int[] tails = new int[256]; // of lists
  private int headsSize;
  private int[] places = new int[1024]; // of elements
  private int[] nexts = new int[1024];
  private int placesSize = 1; // 0 is none

  void clear() {
    headsSize = 0;
    placesSize = 1;
  }

  static int offset(int place) {
    return place >>> WIRE_BITS;
  }

  static int wire(int place) {
    return place & (1 << WIRE_BITS) - 1;
  }

  int headsSize() {
    return headsSize;
  }

  int placesSize() {
    return placesSize;
  }

  /** Drops what was indexed since these sizes. */
  void drop(int headsSize, int placesSize) {
    this.headsSize = headsSize;
    this.placesSize = placesSize;
  }

  /** Indexes the message that the input holds; where its fields begin. */
  int add(MessageShape shape, BinaryInput in) throws RejectedException {
    int first = headsSize;
    headsSize += shape.size();
    if (headsSize > heads.length) {
      heads = Arrays.copyOf(heads, 2 * headsSize);
      tails = Arrays.copyOf(tails, 2 * headsSize);
    }
    Arrays.fill(heads, first, headsSize, NONE);
    while (in.remaining() > 0) {
      int tag = Wire.readTag(in);
      FieldShape field = shape.find(Wire.number(tag));
      if (field != null && field.takes(Wire.type(tag))) {
        put(first + field.index, field, in.position() << WIRE_BITS | Wire.type(tag), in);
      }
      Wire.skip(tag, in);
    }
    return first;
  }

  private void put(int at, FieldShape field, int place, BinaryInput in) throws RejectedException {
    if (!field.isRepeated()) {
      if (heads[at] != NONE && field.message != null) {
        throw in.malformed("the message %s is there twice".formatted(field.name));
      }
      heads[at] = place;
      return;
    }
    if (placesSize == places.length) {
      places = Arrays.copyOf(places, 2 * placesSize);
      nexts = Arrays.copyOf(nexts, 2 * placesSize);
    }
    places[placesSize] = place;
    nexts[placesSize] = NONE;
    if (heads[at] == NONE) {
      heads[at] = placesSize;
    } else {
      nexts[tails[at]] = placesSize;
    }
    tails[at] = placesSize++;
  }

  /** The place of a field's value, or the first element of its list; {@link #NONE} for none. */
  int head(int at) {
    return heads[at];
  }

  int place(int element) {
    return places[element];
  }

  /** The next element of a list; {@link #NONE} at its end. */
  int next(int element) {
    return nexts[element];
  }
}
