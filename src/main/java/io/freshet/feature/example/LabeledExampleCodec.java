package io.freshet.feature.example;

import io.freshet.feature.example.LabeledExample.Kind;
import io.freshet.feature.example.LabeledExample.Origin;
import io.freshet.wire.codec.StateCodec;
import io.freshet.wire.codec.Values;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/** The state format of labeled examples. Kind and origin share a byte. */
public final class LabeledExampleCodec extends StateCodec<LabeledExample> {
  private static final Kind[] KINDS = Kind.values();
  private static final Origin[] ORIGINS = Origin.values();
  private static final int KIND_BITS = 4;

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
    out.writeByte(example.kind().ordinal() | example.origin().ordinal() << KIND_BITS);
    out.writeFloat(example.laterShare());
    out.writeBoolean(example.scored());
  }

  @Override
  public LabeledExample read(DataInput in, int version) throws IOException {
    String impressionId = Values.readString(in);
    long time = in.readLong();
    float label = in.readFloat();
    float weight = in.readFloat();
    Example example = examples.read(in);
    int kindAndOrigin = in.readByte();
    Kind kind = KINDS[kindAndOrigin & (1 << KIND_BITS) - 1];
    Origin origin = ORIGINS[kindAndOrigin >> KIND_BITS];
    return new LabeledExample(
        impressionId, time, label, weight, example, kind, in.readFloat(), in.readBoolean(), origin);
  }
}
