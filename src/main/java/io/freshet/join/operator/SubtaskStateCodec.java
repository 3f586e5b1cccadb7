package io.freshet.join.operator;

import io.freshet.wire.codec.Codec;
import io.freshet.wire.codec.PrimitiveArrays;
import io.freshet.wire.codec.StateCodec;
import io.freshet.wire.codec.Values;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/** The state format of {@link SubtaskState}. */
public final class SubtaskStateCodec extends StateCodec<SubtaskState> {
  private static final Codec<String> NAME = Codec.of(Values::writeString, Values::readString);

  public SubtaskStateCodec() {
    super("join-subtask", 1, SubtaskState.class);
  }

  @Override
  public void write(SubtaskState state, DataOutput out) throws IOException {
    out.writeInt(state.subtask());
    out.writeInt(state.parallelism());
    out.writeLong(state.watermark());
    out.writeLong(state.firstImpression());
    Values.writeList(state.actions(), NAME, out);
    PrimitiveArrays.writeLongs(state.counts(), out);
    PrimitiveArrays.writeDoubles(state.delays(), out);
    PrimitiveArrays.writeDoubles(state.breaker(), out);
  }

  @Override
  public SubtaskState read(DataInput in, int version) throws IOException {
    return new SubtaskState(
        in.readInt(),
        in.readInt(),
        in.readLong(),
        in.readLong(),
        Values.readList(in, NAME),
        PrimitiveArrays.readLongs(in),
        PrimitiveArrays.readDoubles(in),
        PrimitiveArrays.readDoubles(in));
  }
}
