package io.freshet.join.operator;

import io.freshet.join.FinalLabel;
import io.freshet.wire.WireCodec;
import io.freshet.wire.WireType;
import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Final labels on their way from the join to where they meet their predictions. */
public final class FinalLabelCodec implements WireCodec<FinalLabel> {
  public static final WireType<FinalLabel> TYPE =
      WireType.of(FinalLabel.class, FinalLabelCodec.class);

  @Override
  public void write(FinalLabel label, DataOutputView out) throws IOException {
    out.writeLong(label.key());
    out.writeLong(label.time());
    out.writeFloat(label.label());
    out.writeFloat(label.weight());
  }

  @Override
  public FinalLabel read(DataInputView in, int version) throws IOException {
    return new FinalLabel(in.readLong(), in.readLong(), in.readFloat(), in.readFloat());
  }
}
