package io.freshet.join.operator;

import io.freshet.feature.example.Example;
import io.freshet.feature.example.LabeledExample;
import io.freshet.feature.example.LabeledExample.Kind;
import io.freshet.feature.example.LabeledExample.Origin;
import io.freshet.wire.WireCodec;
import io.freshet.wire.WireType;
import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.types.StringValue;

/**
 * Labelled examples on their way from the join to the trainer. Kind and origin share a byte; the
 * origin was not told before there were recordings, and is 0 there: the stream.
 */
public final class LabeledExampleCodec implements WireCodec<LabeledExample> {
  public static final WireType<LabeledExample> TYPE =
      WireType.of(LabeledExample.class, LabeledExampleCodec.class);

  private static final Kind[] KINDS = Kind.values();
  private static final Origin[] ORIGINS = Origin.values();
  private static final int KIND_BITS = 4;

  @Override
  public void write(LabeledExample example, DataOutputView out) throws IOException {
    StringValue.writeString(example.impressionId(), out);
    out.writeLong(example.time());
    out.writeFloat(example.label());
    out.writeFloat(example.weight());
    ExampleFields.write(example.example(), out);
    out.writeByte(example.kind().ordinal() | example.origin().ordinal() << KIND_BITS);
    out.writeFloat(example.laterShare());
    out.writeBoolean(example.scored());
  }

  @Override
  public LabeledExample read(DataInputView in, int version) throws IOException {
    String impressionId = StringValue.readString(in);
    long time = in.readLong();
    float label = in.readFloat();
    float weight = in.readFloat();
    Example example = ExampleFields.read(in);
    int what = in.readByte();
    return new LabeledExample(
        impressionId,
        time,
        label,
        weight,
        example,
        KINDS[what & (1 << KIND_BITS) - 1],
        in.readFloat(),
        in.readBoolean(),
        ORIGINS[what >> KIND_BITS]);
  }
}
