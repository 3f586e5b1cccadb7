package io.freshet.job.source;

import io.freshet.wire.codec.StateCodec;
import io.freshet.wire.codec.Values;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/** The state format of source offsets. */
public final class SourceOffsetCodec extends StateCodec<SourceOffset> {
  public SourceOffsetCodec() {
    super("source-offset", 1, SourceOffset.class);
  }

  @Override
  public void write(SourceOffset offset, DataOutput out) throws IOException {
    Values.writeString(offset.topic(), out);
    out.writeInt(offset.partition());
    out.writeLong(offset.nextOffset());
  }

  @Override
  public SourceOffset read(DataInput in, int version) throws IOException {
    return new SourceOffset(Values.readString(in), in.readInt(), in.readLong());
  }
}
