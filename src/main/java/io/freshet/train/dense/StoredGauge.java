package io.freshet.train.dense;

import io.freshet.model.gauge.Gauge;
import io.freshet.wire.codec.PrimitiveArrays;
import io.freshet.wire.codec.StateCodec;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * The gauge in state.
 *
 * @param fields the numbers of the fields that carry numbers, in the order of their sums
 * @param values all sums: see {@link Gauge#values}
 */
public record StoredGauge(int[] fields, double[] values) {

  /** Writes the fields' numbers, then the sums. */
  public static final class Codec extends StateCodec<StoredGauge> {
    public Codec() {
      super("gauge", 1, StoredGauge.class);
    }

    @Override
    public void write(StoredGauge gauge, DataOutput out) throws IOException {
      PrimitiveArrays.writeInts(gauge.fields, out);
      PrimitiveArrays.writeDoubles(gauge.values, out);
    }

    @Override
    public StoredGauge read(DataInput in, int version) throws IOException {
      return new StoredGauge(PrimitiveArrays.readInts(in), PrimitiveArrays.readDoubles(in));
    }
  }
}
