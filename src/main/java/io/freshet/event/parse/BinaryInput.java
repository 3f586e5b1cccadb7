package io.freshet.event.parse;

import static java.util.Objects.requireNonNull;

import io.freshet.event.RejectedException;
import io.freshet.event.Rejection;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * The primitive values of binary formats, Avro's and Protobuf's, one after the other, from a
 * record's bytes.
 *
 * <p>Every length is held against the bytes that are left before anything is made of it. (Avro's
 * own decoder makes room for what a length announces first, and its limits are of the whole
 * process.) A string goes to {@link #chars}, which this owns and overwrites.
 */
public final class BinaryInput {
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final int MAX_VARINT_SHIFT = 63;

  private final Rejection.Kind malformed;
  private byte[] bytes = {};
  private int at;
  private int end;
  private char[] chars = new char[256];
  private int length;

  /**
   * An input of no bytes.
   *
   * @param malformed the kind of a record that is none of the format
   */
  public BinaryInput(Rejection.Kind malformed) {
    this.malformed = requireNonNull(malformed, "malformed");
  }

  public void reset(byte[] bytes, int from) {
    this.bytes = bytes;
    seek(from, bytes.length);
  }

  /** Goes to a place; nothing from the end on is read. */
  public void seek(int from, int end) {
    at = from;
    this.end = end;
  }

  public int position() {
    return at;
  }

  public int remaining() {
    return end - at;
  }

  public boolean readBoolean() throws RejectedException {
    require(1);
    byte read = bytes[at++];
    if (read != 0 && read != 1) {
      throw malformed("a boolean is the byte " + read + "; expected 0 or 1");
    }
    return read == 1;
  }

  public int readInt() throws RejectedException {
    long read = readLong();
    if (read != (int) read) {
      throw malformed("an int is " + read);
    }
    return (int) read;
  }

  /** A number of variable length whose sign is in its lowest bit. */
  public long readLong() throws RejectedException {
    long raw = readVarint();
    return raw >>> 1 ^ -(raw & 1);
  }

  /** A number of variable length, seven bits a byte, the lowest first. */
  public long readVarint() throws RejectedException {
    if (at < end && bytes[at] >= 0) {
      return bytes[at++];
    }
    long raw = 0;
    for (int shift = 0; shift <= MAX_VARINT_SHIFT; shift += 7) {
      require(1);
      byte read = bytes[at++];
      raw |= (read & 0x7FL) << shift;
      if (read >= 0) {
        if (shift == MAX_VARINT_SHIFT && read > 1) {
          break;
        }
        return raw;
      }
    }
    throw malformed("a number has more than 64 bits");
  }

  public float readFloat() throws RejectedException {
    return Float.intBitsToFloat(readFixedInt());
  }

  public double readDouble() throws RejectedException {
    return Double.longBitsToDouble(readFixedLong());
  }

  /** Four bytes, the lowest first. */
  public int readFixedInt() throws RejectedException {
    require(Integer.BYTES);
    int read = (int) INT.get(bytes, at);
    at += Integer.BYTES;
    return read;
  }

  /** Eight bytes, the lowest first. */
  public long readFixedLong() throws RejectedException {
    require(Long.BYTES);
    long read = (long) LONG.get(bytes, at);
    at += Long.BYTES;
    return read;
  }

  public byte[] readBytes(int count) throws RejectedException {
    require(count);
    at += count;
    return Arrays.copyOfRange(bytes, at - count, at);
  }

  public void skip(long count) throws RejectedException {
    require(count);
    at += (int) count;
  }

  /** Reads a text of so many bytes of UTF-8. */
  public void readString(long size) throws RejectedException {
    require(size);
    int stop = at + (int) size;
    if (chars.length < size) {
      chars = new char[Math.max((int) size, 2 * chars.length)];
    }
    length = 0;
    while (at < stop && bytes[at] >= 0) {
      chars[length++] = (char) bytes[at++];
    }
    while (at < stop) {
      decodePoint(stop);
    }
  }

  /** The characters of the last string, {@link #length} of them. */
  public char[] chars() {
    return chars;
  }

  public int length() {
    return length;
  }

  /** One character of UTF-8 in its shortest form, and no half of a surrogate pair. */
  private void decodePoint(int stop) throws RejectedException {
    int first = bytes[at];
    if (first >= 0) {
      chars[length++] = (char) bytes[at++];
      return;
    }
    int more = Math.max(0, Integer.numberOfLeadingZeros(~(first << 24)) - 1);
    if (more < 1 || more > 3 || stop - at <= more) {
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
    if (count < 0 || count > end - at) {
      throw malformed("%s bytes should follow, and %s do".formatted(count, end - at));
    }
  }

  /** What is wrong, with where. */
  public RejectedException malformed(String fault) {
    return new RejectedException(malformed, "%s (byte %s)".formatted(fault, at));
  }
}
