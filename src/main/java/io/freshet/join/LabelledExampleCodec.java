package io.freshet.join;

import io.freshet.feature.Example;
import io.freshet.feature.LabelledExample;
import io.freshet.feature.LabelledExample.Kind;
import io.freshet.feature.LabelledExample.Origin;
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
public final class LabelledExampleCodec implements WireCodec<LabelledExample> {
  public static final WireType<LabelledExample> TYPE =
      WireType.of(LabelledExample.class, LabelledExampleCodec.class);

  private static final Kind[] KINDS = Kind.values();
  private static final Origin[] ORIGINS = Origin.values();
  private static final int KIND_BITS = 4;

  @Override
  public void write(LabelledExample example, DataOutputView out) throws IOException {
    StringValue.writeString(example.impressionId(), out);
    out.writeLong(example.time());
    out.writeFloat(example.label());
    out.writeFloat(example.weight());
    ExampleBytes.write(example.example(), out);
    out.writeByte(example.kind().ordinal() | example.origin().ordinal() << KIND_BITS);
    out.writeFloat(example.laterShare());
    out.writeBoolean(example.scored());
  }

  @Override
  public LabelledExample read(DataInputView in, int version) throws IOException {
    String impressionId = StringValue.readString(in);
    long time = in.readLong();
    float label = in.readFloat();
    float weight = in.readFloat();
    Example example = ExampleBytes.read(in);
    int what = in.readByte();
    return new LabelledExample(
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
