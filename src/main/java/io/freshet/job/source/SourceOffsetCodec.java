package io.freshet.job.source;

import io.freshet.wire.WireCodec;
import io.freshet.wire.WireType;
import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Source offsets in the router's state and on their way to the snapshots. */
public final class SourceOffsetCodec implements WireCodec<SourceOffset> {
  public static final WireType<SourceOffset> TYPE =
      WireType.of(SourceOffset.class, SourceOffsetCodec.class);

  @Override
  public void write(SourceOffset offset, DataOutputView out) throws IOException {
    out.writeUTF(offset.topic());
    out.writeInt(offset.partition());
    out.writeLong(offset.nextOffset());
  }

  @Override
  public SourceOffset read(DataInputView in, int version) throws IOException {
    return new SourceOffset(in.readUTF(), in.readInt(), in.readLong());
  }
}
