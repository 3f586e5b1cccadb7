package io.freshet.join.operator;

import io.freshet.event.Click;
import io.freshet.wire.WireCodec;
import io.freshet.wire.WireType;
import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.types.StringValue;

/** Clicks on their way from the source to the join, and from the join to the late-click topic. */
public final class ClickCodec implements WireCodec<Click> {
  public static final WireType<Click> TYPE = WireType.of(Click.class, ClickCodec.class);

  @Override
  public void write(Click click, DataOutputView out) throws IOException {
    StringValue.writeString(click.impressionId(), out);
    out.writeLong(click.timestamp());
    StringValue.writeString(click.action(), out);
  }

  @Override
  public Click read(DataInputView in, int version) throws IOException {
    return new Click(StringValue.readString(in), in.readLong(), StringValue.readString(in));
  }
}
