package io.freshet.join.operator;

import io.freshet.feature.EncodedImpression;
import io.freshet.wire.WireCodec;
import io.freshet.wire.WireType;
import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.types.StringValue;

/** Impressions on their way from the source to the join. */
public final class EncodedImpressionCodec implements WireCodec<EncodedImpression> {
  public static final WireType<EncodedImpression> TYPE =
      WireType.of(EncodedImpression.class, EncodedImpressionCodec.class);

  @Override
  public void write(EncodedImpression impression, DataOutputView out) throws IOException {
    StringValue.writeString(impression.id(), out);
    out.writeLong(impression.timestamp());
    out.writeFloat(impression.weight());
    ExampleFields.write(impression.example(), out);
  }

  @Override
  public EncodedImpression read(DataInputView in, int version) throws IOException {
    return new EncodedImpression(
        StringValue.readString(in), in.readLong(), in.readFloat(), ExampleFields.read(in));
  }
}
