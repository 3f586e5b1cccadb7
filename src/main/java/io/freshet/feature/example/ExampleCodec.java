package io.freshet.feature.example;

import io.freshet.wire.codec.StateCodec;
import io.freshet.wire.codec.VarInt;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * The state format of an {@link Example}: the user's hash in 8 bytes, the number of occurrences in
 * 1 (2 from 128 on), and then each occurrence in
 *
 * <pre>
 *  1 byte   of a value that is missing, or of the bias
 *  5        of a numeric field: the number
 *  7        of a categorical field: 52 bits of hash
 *  4n + 2   of a vector of n, n below 128: the numbers of all its components
 *  7 or 11  of a mean-pooled field: the hash, and the weight where it differs from the last one
 * </pre>
 *
 * <p>It begins with a byte: the step from the field before in 2 bits ({@link #FAR}: the field's
 * number follows in 2 bytes), what follows in 2 bits, and 4 bits of the hash. Sorting the ids and
 * writing differences would not pay: of a few dozen hashes it saves half a byte each, and the order
 * of the schema's fields would be lost.
 *
 * <p>Any other example is written as well as these, in more bytes.
 */
public final class ExampleCodec extends StateCodec<Example> {
  private static final int FAR = 3; // a step that does not fit

  private static final int HASH = 0; // value 1
  private static final int HASH_SAME = 1; // the value of the occurrence before
  private static final int HASH_FLOAT = 2;
  private static final int SHORT = 3; // hash 0 or 1 in bit 0, whether a float follows in bit 1
  private static final int VECTOR = 4; // the bit of SHORT that says that a vector follows

  private static final int HASH_BITS = 52; // of a feature id; the field is in the others
  private static final long FIRST_COMPONENT = 16; // hash of a vector's first; the others follow
  private static final long HASH_MASK = (1L << HASH_BITS) - 1;

  public ExampleCodec() {
    super("example", 1, Example.class);
  }

  @Override
  public void write(Example example, DataOutput out) throws IOException {
    int n = example.occurrences();
    out.writeLong(example.user());
    VarInt.write(n, out);
    int field = 0;
    float before = 1;
    for (int i = 0; i < n; i++) {
      long fid = example.fids()[i];
      float value = example.values()[i];
      int components = components(example, i);
      int step = (int) (fid >>> HASH_BITS) - field;
      field = (int) (fid >>> HASH_BITS);
      long hash = fid & HASH_MASK;
      int kind = components > 0 ? SHORT : kind(hash, value, before);
      int head =
          components > 0
              ? VECTOR
              : kind == SHORT ? (int) hash | (same(value, 1) ? 0 : 2) : (int) (hash >>> 48);
      out.writeByte((step >= 0 && step < FAR ? step : FAR) | kind << 2 | head << 4);
      if (step < 0 || step >= FAR) {
        out.writeShort(field);
      }
      if (components > 0) {
        VarInt.write(components, out);
        for (int last = i + components; i < last; i++) {
          out.writeFloat(example.values()[i]);
        }
        before = example.values()[--i];
        continue;
      }
      if (kind != SHORT) {
        writeHash(hash, out);
      }
      if (kind == HASH_FLOAT || kind == SHORT && !same(value, 1)) {
        out.writeFloat(value);
      }
      before = value;
    }
  }

  @Override
  public Example read(DataInput in, int version) throws IOException {
    long user = in.readLong();
    int n = VarInt.readInt(in);
    long[] fids = new long[n];
    float[] values = new float[n];
    int field = 0;
    float before = 1;
    for (int i = 0; i < n; i++) {
      int first = in.readUnsignedByte();
      int step = first & 3;
      int kind = first >> 2 & 3;
      int head = first >> 4;
      field = step == FAR ? in.readUnsignedShort() : field + step;
      if (kind == SHORT && (head & VECTOR) != 0) {
        int components = VarInt.readInt(in);
        for (int c = 0; c < components; c++, i++) {
          fids[i] = (long) field << HASH_BITS | FIRST_COMPONENT + c;
          values[i] = in.readFloat();
        }
        before = values[--i];
        continue;
      }
      fids[i] =
          (long) field << HASH_BITS | (kind == SHORT ? head & 1 : (long) head << 48 | readHash(in));
      if (kind == HASH_FLOAT || kind == SHORT && (head & 2) != 0) {
        values[i] = in.readFloat();
      } else {
        values[i] = kind == HASH_SAME ? before : 1;
      }
      before = values[i];
    }
    return new Example(user, fids, values);
  }

  /** How many components of a vector, from its first on, are there from an occurrence on. */
  private static int components(Example example, int from) {
    long[] fids = example.fids();
    int n = 0;
    if ((fids[from] & HASH_MASK) == FIRST_COMPONENT) {
      n = 1;
      while (from + n < fids.length && fids[from + n] == fids[from] + n) {
        n++;
      }
    }
    return n;
  }

  private static int kind(long hash, float value, float before) {
    if (hash <= 1) {
      return SHORT;
    }
    if (same(value, 1)) {
      return HASH;
    }
    return same(value, before) ? HASH_SAME : HASH_FLOAT;
  }

  private static boolean same(float a, float b) {
    return Float.floatToRawIntBits(a) == Float.floatToRawIntBits(b);
  }

  private static void writeHash(long hash, DataOutput out) throws IOException {
    out.writeShort((int) (hash >>> 32));
    out.writeInt((int) hash);
  }

  private static long readHash(DataInput in) throws IOException {
    return (long) in.readUnsignedShort() << 32 | in.readInt() & 0xFFFFFFFFL;
  }
}
