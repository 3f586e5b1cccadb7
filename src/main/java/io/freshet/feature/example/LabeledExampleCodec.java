package io.freshet.feature.example;

import io.freshet.feature.example.LabeledExample.Kind;
import io.freshet.feature.example.LabeledExample.Origin;
import io.freshet.wire.codec.StateCodec;
import io.freshet.wire.codec.Values;
import io.freshet.wire.codec.VarInt;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * The state format of labeled examples. Kind and origin share a byte, whose highest bit says that a
 * task other than the first follows at the end.
 */
public final class LabeledExampleCodec extends StateCodec<LabeledExample> {
  private static final Kind[] KINDS = Kind.values();
  private static final Origin[] ORIGINS = Origin.values();
  private static final int KIND_BITS = 4;
  private static final int OF_TASK = 1 << 7;

  private final ExampleCodec examples = new ExampleCodec();

  public LabeledExampleCodec() {
    super("labeled-example", 1, LabeledExample.class);
  }

  @Override
  public void write(LabeledExample example, DataOutput out) throws IOException {
    Values.writeString(example.impressionId(), out);
    out.writeLong(example.time());
    out.writeFloat(example.label());
    out.writeFloat(example.weight());
    examples.write(example.example(), out);
    int kindAndOrigin = example.kind().ordinal() | example.origin().ordinal() << KIND_BITS;
    out.writeByte(example.task() == 0 ? kindAndOrigin : kindAndOrigin | OF_TASK);
    out.writeFloat(example.laterShare());
    out.writeBoolean(example.scored());
    if (example.task() > 0) {
      VarInt.write(example.task(), out);
    }
  }

  @Override
  public LabeledExample read(DataInput in, int version) throws IOException {
    String impressionId = Values.readString(in);
    long time = in.readLong();
    float label = in.readFloat();
    float weight = in.readFloat();
    Example example = examples.read(in);
    int kindAndOrigin = in.readUnsignedByte();
    Kind kind = KINDS[kindAndOrigin & (1 << KIND_BITS) - 1];
    Origin origin = ORIGINS[(kindAndOrigin & OF_TASK - 1) >> KIND_BITS];
    return new LabeledExample(
        impressionId,
        time,
        label,
        weight,
        example,
        kind,
        in.readFloat(),
        in.readBoolean(),
        origin,
        (kindAndOrigin & OF_TASK) == 0 ? 0 : VarInt.readInt(in));
  }
}
