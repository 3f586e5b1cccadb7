package io.freshet.wire.codec;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;

/**
 * Primitive arrays: whole ones with their length before them, ranges without; elements are
 * little-endian.
 *
 * <p>They are copied in bulk through an 8 KB scratch buffer of the calling thread instead of with a
 * call for each element.
 */
public final class PrimitiveArrays {
  private static final int SCRATCH_BYTES = 8192;
  private static final int NULL = -1;
  private static final ThreadLocal<Scratch> SCRATCH = ThreadLocal.withInitial(Scratch::new);

  private PrimitiveArrays() {}

  public static void writeFloats(float[] values, DataOutput out) throws IOException {
    out.writeInt(values.length);
    writeFloats(values, 0, values.length, out);
  }

  public static float[] readFloats(DataInput in) throws IOException {
    float[] values = new float[in.readInt()];
    readFloats(values, 0, values.length, in);
    return values;
  }

  public static void writeLongs(long[] values, DataOutput out) throws IOException {
    out.writeInt(values.length);
    writeLongs(values, 0, values.length, out);
  }

  public static long[] readLongs(DataInput in) throws IOException {
    long[] values = new long[in.readInt()];
    readLongs(values, 0, values.length, in);
    return values;
  }

  public static void writeDoubles(double[] values, DataOutput out) throws IOException {
    out.writeInt(values.length);
    for (double value : values) {
      out.writeDouble(value);
    }
  }

  public static double[] readDoubles(DataInput in) throws IOException {
    double[] values = new double[in.readInt()];
    for (int i = 0; i < values.length; i++) {
      values[i] = in.readDouble();
    }
    return values;
  }

  public static void writeInts(int[] values, DataOutput out) throws IOException {
    out.writeInt(values.length);
    writeInts(values, 0, values.length, out);
  }

  public static int[] readInts(DataInput in) throws IOException {
    int[] values = new int[in.readInt()];
    readInts(values, 0, values.length, in);
    return values;
  }

  public static void writeBooleans(boolean[] values, DataOutput out) throws IOException {
    out.writeInt(values.length);
    for (boolean value : values) {
      out.writeBoolean(value);
    }
  }

  public static boolean[] readBooleans(DataInput in) throws IOException {
    boolean[] values = new boolean[in.readInt()];
    for (int i = 0; i < values.length; i++) {
      values[i] = in.readBoolean();
    }
    return values;
  }

  /** Bytes, which may be null: a record of Kafka need not have a value. */
  public static void writeBytes(byte[] values, DataOutput out) throws IOException {
    out.writeInt(values == null ? NULL : values.length);
    if (values != null) {
      out.write(values);
    }
  }

  public static byte[] readBytes(DataInput in) throws IOException {
    int length = in.readInt();
    if (length == NULL) {
      return null;
    }
    byte[] values = new byte[length];
    in.readFully(values);
    return values;
  }

  public static void writeFloats(float[] values, int from, int n, DataOutput out)
      throws IOException {
    write(n, Float.BYTES, out, (s, at, chunk) -> s.floats.put(0, values, from + at, chunk));
  }

  public static void readFloats(float[] values, int from, int n, DataInput in) throws IOException {
    read(n, Float.BYTES, in, (s, at, chunk) -> s.floats.get(0, values, from + at, chunk));
  }

  public static void writeLongs(long[] values, int from, int n, DataOutput out) throws IOException {
    write(n, Long.BYTES, out, (s, at, chunk) -> s.longs.put(0, values, from + at, chunk));
  }

  public static void readLongs(long[] values, int from, int n, DataInput in) throws IOException {
    read(n, Long.BYTES, in, (s, at, chunk) -> s.longs.get(0, values, from + at, chunk));
  }

  public static void writeInts(int[] values, int from, int n, DataOutput out) throws IOException {
    write(n, Integer.BYTES, out, (s, at, chunk) -> s.ints.put(0, values, from + at, chunk));
  }

  public static void readInts(int[] values, int from, int n, DataInput in) throws IOException {
    read(n, Integer.BYTES, in, (s, at, chunk) -> s.ints.get(0, values, from + at, chunk));
  }

  private static void write(int n, int width, DataOutput out, Copy copy) throws IOException {
    Scratch scratch = SCRATCH.get();
    for (int done = 0; done < n; done += SCRATCH_BYTES / width) {
      int chunk = Math.min(n - done, SCRATCH_BYTES / width);
      copy.copy(scratch, done, chunk);
      out.write(scratch.bytes, 0, chunk * width);
    }
  }

  private static void read(int n, int width, DataInput in, Copy copy) throws IOException {
    Scratch scratch = SCRATCH.get();
    for (int done = 0; done < n; done += SCRATCH_BYTES / width) {
      int chunk = Math.min(n - done, SCRATCH_BYTES / width);
      in.readFully(scratch.bytes, 0, chunk * width);
      copy.copy(scratch, done, chunk);
    }
  }

  /** Copies a chunk between the scratch buffer and an array. */
  private interface Copy {
    void copy(Scratch scratch, int at, int chunk);
  }

  private static final class Scratch {
    final byte[] bytes = new byte[SCRATCH_BYTES];
    final FloatBuffer floats = buffer().asFloatBuffer();
    final LongBuffer longs = buffer().asLongBuffer();
    final IntBuffer ints = buffer().asIntBuffer();

    private ByteBuffer buffer() {
      return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
  }
}
