package io.freshet.join;

import io.freshet.feature.LabelledExample;
import io.freshet.feature.LabelledExample.Kind;
import io.freshet.wire.WireCodec;
import io.freshet.wire.WireType;
import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.types.StringValue;

/** Labelled examples on their way from the join to the trainer. */
public final class LabelledExampleCodec implements WireCodec<LabelledExample> {
  public static final WireType<LabelledExample> TYPE =
      WireType.of(LabelledExample.class, LabelledExampleCodec.class);

  private static final Kind[] KINDS = Kind.values();

  @Override
  public void write(LabelledExample example, DataOutputView out) throws IOException {
    StringValue.writeString(example.impressionId(), out);
    out.writeLong(example.time());
    out.writeFloat(example.label());
    out.writeFloat(example.weight());
    ExampleBytes.write(example.example(), out);
    out.writeByte(example.kind().ordinal());
    out.writeFloat(example.laterShare());
    out.writeBoolean(example.scored());
  }

  @Override
  public LabelledExample read(DataInputView in, int version) throws IOException {
    return new LabelledExample(
        StringValue.readString(in),
        in.readLong(),
        in.readFloat(),
        in.readFloat(),
        ExampleBytes.read(in),
        KINDS[in.readByte()],
        in.readFloat(),
        in.readBoolean());
  }
}
