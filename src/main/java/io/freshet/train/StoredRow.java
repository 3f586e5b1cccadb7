package io.freshet.train;

import io.freshet.wire.Primitives;
import io.freshet.wire.WireCodec;
import io.freshet.wire.WireType;
import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * A row of the embedding table as it lies in keyed state.
 *
 * @param updates training occurrences of the feature so far
 * @param lastSeen latest event time of an example that held it, epoch milliseconds
 * @param values the stored row; never written to, as the heap state backend keeps the reference
 */
record StoredRow(long updates, long lastSeen, float[] values) {
  static final WireType<StoredRow> TYPE = WireType.of(StoredRow.class, Codec.class);

  /** Writes the two numbers, then the floats. */
  public static final class Codec implements WireCodec<StoredRow> {
    @Override
    public void write(StoredRow row, DataOutputView out) throws IOException {
      out.writeLong(row.updates);
      out.writeLong(row.lastSeen);
      out.writeInt(row.values.length);
      Primitives.writeFloats(row.values, 0, row.values.length, out);
    }

    @Override
    public StoredRow read(DataInputView in, int version) throws IOException {
      long updates = in.readLong();
      long lastSeen = in.readLong();
      float[] values = new float[in.readInt()];
      Primitives.readFloats(values, 0, values.length, in);
      return new StoredRow(updates, lastSeen, values);
    }
  }
}
