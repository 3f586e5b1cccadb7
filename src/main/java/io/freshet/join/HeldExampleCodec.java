package io.freshet.join;

import io.freshet.wire.WireCodec;
import io.freshet.wire.WireType;
import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Examples that wait for time, in the join's state. */
public final class HeldExampleCodec implements WireCodec<HeldExample> {
  static final WireType<HeldExample> TYPE = WireType.of(HeldExample.class, HeldExampleCodec.class);

  private final LabelledExampleCodec examples = new LabelledExampleCodec();

  @Override
  public int version() {
    return examples.version();
  }

  @Override
  public void write(HeldExample held, DataOutputView out) throws IOException {
    out.writeLong(held.shown());
    examples.write(held.example(), out);
  }

  @Override
  public HeldExample read(DataInputView in, int version) throws IOException {
    return new HeldExample(in.readLong(), examples.read(in, version));
  }
}
