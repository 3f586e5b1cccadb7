package io.freshet.job.example;

import io.freshet.wire.WireCodec;
import io.freshet.wire.WireType;
import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.types.StringValue;

/** Predictions on their way to a sink. */
public final class PredictedExampleCodec implements WireCodec<PredictedExample> {
  public static final WireType<PredictedExample> TYPE =
      WireType.of(PredictedExample.class, PredictedExampleCodec.class);

  @Override
  public void write(PredictedExample of, DataOutputView out) throws IOException {
    StringValue.writeString(of.model(), out);
    StringValue.writeString(of.impressionId(), out);
    out.writeLong(of.time());
    out.writeFloat(of.label());
    out.writeFloat(of.weight());
    out.writeFloat(of.prediction());
    out.writeLong(of.user());
    out.writeLong(of.afterCheckpoint());
  }

  @Override
  public PredictedExample read(DataInputView in, int version) throws IOException {
    return new PredictedExample(
        StringValue.readString(in),
        StringValue.readString(in),
        in.readLong(),
        in.readFloat(),
        in.readFloat(),
        in.readFloat(),
        in.readLong(),
        in.readLong());
  }
}
