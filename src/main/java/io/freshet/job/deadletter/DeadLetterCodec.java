package io.freshet.job.deadletter;

import io.freshet.event.Rejection;
import io.freshet.wire.WireCodec;
import io.freshet.wire.WireType;
import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.types.StringValue;

/** Dead letters on their way to the sink. */
public final class DeadLetterCodec implements WireCodec<DeadLetter> {
  public static final WireType<DeadLetter> TYPE =
      WireType.of(DeadLetter.class, DeadLetterCodec.class);

  private static final int NO_VALUE = -1;

  @Override
  public void write(DeadLetter letter, DataOutputView out) throws IOException {
    StringValue.writeString(letter.topic(), out);
    out.writeInt(letter.partition());
    out.writeLong(letter.offset());
    out.writeLong(letter.kafkaTimestamp());
    out.writeUTF(letter.rejection().kind().name());
    StringValue.writeString(letter.rejection().reason(), out);
    byte[] value = letter.value();
    out.writeInt(value == null ? NO_VALUE : value.length);
    if (value != null) {
      out.write(value);
    }
  }

  @Override
  public DeadLetter read(DataInputView in, int version) throws IOException {
    return new DeadLetter(
        StringValue.readString(in),
        in.readInt(),
        in.readLong(),
        in.readLong(),
        new Rejection(Rejection.Kind.valueOf(in.readUTF()), StringValue.readString(in)),
        readValue(in));
  }

  private static byte[] readValue(DataInputView in) throws IOException {
    int length = in.readInt();
    if (length == NO_VALUE) {
      return null;
    }
    byte[] value = new byte[length];
    in.readFully(value);
    return value;
  }
}
