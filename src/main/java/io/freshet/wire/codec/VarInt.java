package io.freshet.wire.codec;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/** Numbers in as many bytes as they need: seven bits a byte, lowest first. */
public final class VarInt {
  private static final double MAX_WHOLE = 1L << 53;

  private VarInt() {}

  public static void write(long value, DataOutput out) throws IOException {
    long rest = value;
    while ((rest & ~0x7FL) != 0) {
      out.writeByte((int) (rest & 0x7F | 0x80));
      rest >>>= 7;
    }
    out.writeByte((int) rest);
  }

  public static long read(DataInput in) throws IOException {
    long value = 0;
    for (int bits = 0; bits < 64; bits += 7) {
      byte next = in.readByte();
      value |= (long) (next & 0x7F) << bits;
      if (next >= 0) {
        return value;
      }
    }
    throw new IOException("a number of more than ten bytes: the data is damaged");
  }

  /** A number that fits an int, such as a length. */
  public static int readInt(DataInput in) throws IOException {
    return Math.toIntExact(read(in));
  }

  /** A non-negative weight: twice a whole number, or 1 and the eight bytes of any other. */
  public static void writeWeight(double weight, DataOutput out) throws IOException {
    if (weight == Math.rint(weight) && weight < MAX_WHOLE) {
      write(2 * (long) weight, out);
    } else {
      write(1, out);
      out.writeDouble(weight);
    }
  }

  public static double readWeight(DataInput in) throws IOException {
    long twice = read(in);
    return twice == 1 ? in.readDouble() : twice / 2;
  }
}
