package io.freshet.event.protobuf;

import io.freshet.event.RejectedException;
import io.freshet.event.parse.BinaryInput;

/** The wire types of Protobuf, and how a value of each is passed over. */
final class Wire {
  static final int VARINT = 0;
  static final int FIXED64 = 1;
  static final int LENGTH = 2;
  static final int GROUP = 3;
  static final int END_GROUP = 4;
  static final int FIXED32 = 5;
  private static final int TYPE_BITS = 3;
  private static final int MAX_DEPTH = 64; // of groups

  private Wire() {}

  static int type(int tag) {
    return tag & (1 << TYPE_BITS) - 1;
  }

  static int number(int tag) {
    return tag >>> TYPE_BITS;
  }

  static int readTag(BinaryInput in) throws RejectedException {
    long tag = in.readVarint();
    if (tag >>> Integer.SIZE != 0 || number((int) tag) == 0) {
      throw in.malformed("there is no field of the tag " + Long.toUnsignedString(tag));
    }
    return (int) tag;
  }

  /** Goes on behind the value of a tag. */
  static void skip(int tag, BinaryInput in) throws RejectedException {
    skip(tag, in, 0);
  }

  private static void skip(int tag, BinaryInput in, int depth) throws RejectedException {
    switch (type(tag)) {
      case VARINT -> in.readVarint();
      case FIXED64 -> in.skip(Long.BYTES);
      case LENGTH -> in.skip(in.readVarint());
      case GROUP -> skipGroup(tag, in, depth);
      case FIXED32 -> in.skip(Integer.BYTES);
      default -> throw in.malformed("a value of the wire type " + type(tag));
    }
  }

  private static void skipGroup(int tag, BinaryInput in, int depth) throws RejectedException {
    if (depth == MAX_DEPTH) {
      throw in.malformed("groups nested deeper than " + MAX_DEPTH);
    }
    int end = tag - GROUP + END_GROUP;
    for (int inner = readTag(in); inner != end; inner = readTag(in)) {
      skip(inner, in, depth + 1);
    }
  }
}
