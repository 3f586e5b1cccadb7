package io.freshet.join;

import io.freshet.feature.Example;
import io.freshet.wire.Primitives;
import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * How an {@link Example} is written inside the records of the join: 12 + 12 bytes an occurrence.
 */
final class ExampleBytes {

  private ExampleBytes() {}

  static void write(Example example, DataOutputView out) throws IOException {
    int n = example.occurrences();
    out.writeLong(example.user());
    out.writeInt(n);
    Primitives.writeLongs(example.fids(), 0, n, out);
    Primitives.writeFloats(example.values(), 0, n, out);
  }

  static Example read(DataInputView in) throws IOException {
    long user = in.readLong();
    int n = in.readInt();
    long[] fids = new long[n];
    Primitives.readLongs(fids, 0, n, in);
    float[] values = new float[n];
    Primitives.readFloats(values, 0, n, in);
    return new Example(user, fids, values);
  }
}
