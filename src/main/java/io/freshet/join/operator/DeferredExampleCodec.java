package io.freshet.join.operator;

import io.freshet.join.attribution.DeferredExample;
import io.freshet.wire.WireCodec;
import io.freshet.wire.WireType;
import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Examples that wait for time, in the join's state. */
public final class DeferredExampleCodec implements WireCodec<DeferredExample> {
  static final WireType<DeferredExample> TYPE =
      WireType.of(DeferredExample.class, DeferredExampleCodec.class);

  private final LabeledExampleCodec examples = new LabeledExampleCodec();

  @Override
  public int version() {
    return examples.version();
  }

  @Override
  public void write(DeferredExample held, DataOutputView out) throws IOException {
    out.writeLong(held.shown());
    examples.write(held.example(), out);
  }

  @Override
  public DeferredExample read(DataInputView in, int version) throws IOException {
    return new DeferredExample(in.readLong(), examples.read(in, version));
  }
}
