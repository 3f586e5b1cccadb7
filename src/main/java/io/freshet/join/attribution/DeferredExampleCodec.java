package io.freshet.join.attribution;

import io.freshet.feature.example.LabeledExampleCodec;
import io.freshet.wire.codec.StateCodec;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/** The state format of examples that wait for the watermark. */
public final class DeferredExampleCodec extends StateCodec<DeferredExample> {
  private final LabeledExampleCodec examples = new LabeledExampleCodec();

  public DeferredExampleCodec() {
    super("deferred-example", 1, DeferredExample.class);
  }

  @Override
  public void write(DeferredExample deferred, DataOutput out) throws IOException {
    out.writeLong(deferred.shown());
    examples.write(deferred.example(), out);
  }

  @Override
  public DeferredExample read(DataInput in, int version) throws IOException {
    return new DeferredExample(in.readLong(), examples.read(in, version));
  }
}
