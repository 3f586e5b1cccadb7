package io.freshet.train.dense;

import io.freshet.wire.codec.PrimitiveArrays;
import io.freshet.wire.codec.StateCodec;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * A slice of the merged dense part in state.
 *
 * @param from index of its first parameter
 * @param examples examples that it has learned
 * @param values its parameters, then its optimizer slots plane by plane; never written to
 */
public record StoredSlice(int from, long examples, float[] values) {
  /** Writes the place and the count, then the floats. */
  public static final class Codec extends StateCodec<StoredSlice> {
    public Codec() {
      super("dense-slice", 1, StoredSlice.class);
    }

    @Override
    public void write(StoredSlice slice, DataOutput out) throws IOException {
      out.writeInt(slice.from);
      out.writeLong(slice.examples);
      PrimitiveArrays.writeFloats(slice.values, out);
    }

    @Override
    public StoredSlice read(DataInput in, int version) throws IOException {
      int from = in.readInt();
      long examples = in.readLong();
      return new StoredSlice(from, examples, PrimitiveArrays.readFloats(in));
    }
  }
}
