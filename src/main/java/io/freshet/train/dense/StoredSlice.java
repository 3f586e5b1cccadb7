package io.freshet.train.dense;

import io.freshet.wire.Primitives;
import io.freshet.wire.WireCodec;
import io.freshet.wire.WireType;
import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * A slice of the merged dense part in state.
 *
 * @param from index of its first parameter
 * @param examples examples that it has learned
 * @param values its parameters, then its optimizer slots plane by plane; never written to
 */
public record StoredSlice(int from, long examples, float[] values) {
  public static final WireType<StoredSlice> TYPE = WireType.of(StoredSlice.class, Codec.class);

  /** Writes the place and the count, then the floats. */
  public static final class Codec implements WireCodec<StoredSlice> {
    @Override
    public void write(StoredSlice slice, DataOutputView out) throws IOException {
      out.writeInt(slice.from);
      out.writeLong(slice.examples);
      out.writeInt(slice.values.length);
      Primitives.writeFloats(slice.values, 0, slice.values.length, out);
    }

    @Override
    public StoredSlice read(DataInputView in, int version) throws IOException {
      int from = in.readInt();
      long examples = in.readLong();
      float[] values = new float[in.readInt()];
      Primitives.readFloats(values, 0, values.length, in);
      return new StoredSlice(from, examples, values);
    }
  }
}
