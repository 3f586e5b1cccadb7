package io.freshet.event.avro;

import static io.freshet.event.Rejection.Kind.NOT_AVRO;

import io.freshet.event.RejectedException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The primitive values of Avro's binary form, one after the other, from a record's bytes.
 *
 * <p>Every length is held against the bytes that are left before anything is made of it. (Avro's
 * own decoder makes room for what a length announces first, and its limits are of the whole
 * process.) A string goes to {@link #chars}, which this owns and overwrites.
 */
final class AvroInput {
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final int MAX_VARINT_SHIFT = 63;

  private byte[] bytes = {};
  private int at;
  private char[] chars = new char[256];
  private int length;

  void reset(byte[] bytes, int from) {
    this.bytes = bytes;
    at = from;
  }

  int position() {
    return at;
  }

  int remaining() {
    return bytes.length - at;
  }

  boolean readBoolean() throws RejectedException {
    require(1);
    byte read = bytes[at++];
    if (read != 0 && read != 1) {
      throw malformed("a boolean is the byte " + read + "; expected 0 or 1");
    }
    return read == 1;
  }

  int readInt() throws RejectedException {
    long read = readLong();
    if (read != (int) read) {
      throw malformed("an int is " + read);
    }
    return (int) read;
  }

  /** A zigzag number of variable length. */
  long readLong() throws RejectedException {
    long raw = 0;
    for (int shift = 0; shift <= MAX_VARINT_SHIFT; shift += 7) {
      require(1);
      byte read = bytes[at++];
      raw |= (read & 0x7FL) << shift;
      if (read >= 0) {
        if (shift == MAX_VARINT_SHIFT && read > 1) {
          break;
        }
        return raw >>> 1 ^ -(raw & 1);
      }
    }
    throw malformed("a number has more than 64 bits");
  }

  float readFloat() throws RejectedException {
    require(Float.BYTES);
    float read = Float.intBitsToFloat((int) INT.get(bytes, at));
    at += Float.BYTES;
    return read;
  }

  double readDouble() throws RejectedException {
    require(Double.BYTES);
    double read = Double.longBitsToDouble((long) LONG.get(bytes, at));
    at += Double.BYTES;
    return read;
  }

  void skip(long count) throws RejectedException {
    require(count);
    at += (int) count;
  }

  void readString() throws RejectedException {
    long size = readLong();
    require(size);
    int end = at + (int) size;
    if (chars.length < size) {
      chars = new char[Math.max((int) size, 2 * chars.length)];
    }
    length = 0;
    while (at < end && bytes[at] >= 0) {
      chars[length++] = (char) bytes[at++];
    }
    while (at < end) {
      decodePoint(end);
    }
  }

  /** The characters of the last string, {@link #length} of them. */
  char[] chars() {
    return chars;
  }

  int length() {
    return length;
  }

  /** One character of UTF-8 in its shortest form, and no half of a surrogate pair. */
  private void decodePoint(int end) throws RejectedException {
    int first = bytes[at];
    if (first >= 0) {
      chars[length++] = (char) bytes[at++];
      return;
    }
    int more = Math.max(0, Integer.numberOfLeadingZeros(~(first << 24)) - 1);
    if (more < 1 || more > 3 || end - at <= more) {
      throw malformed("a string is not UTF-8");
    }
    int point = first & 0x3F >> more;
    for (int i = 1; i <= more; i++) {
      if ((bytes[at + i] & 0xC0) != 0x80) {
        throw malformed("a string is not UTF-8");
      }
      point = point << 6 | bytes[at + i] & 0x3F;
    }
    int least = more == 1 ? 0x80 : more == 2 ? 0x800 : 0x10000;
    if (point < least
        || point > Character.MAX_CODE_POINT
        || point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE) {
      throw malformed("a string is not UTF-8");
    }
    at += more + 1;
    length += Character.toChars(point, chars, length);
  }

  private void require(long count) throws RejectedException {
    if (count < 0 || count > bytes.length - at) {
      throw malformed("%s bytes should follow, and %s do".formatted(count, bytes.length - at));
    }
  }

  /** What is wrong, with where. */
  RejectedException malformed(String fault) {
    return new RejectedException(NOT_AVRO, "%s (byte %s)".formatted(fault, at));
  }
}
