package io.freshet.join;

import io.freshet.join.JoinEntry.Decided;
import io.freshet.join.JoinEntry.EarlyClick;
import io.freshet.join.JoinEntry.Nothing;
import io.freshet.join.JoinEntry.Waiting;
import io.freshet.wire.WireCodec;
import io.freshet.wire.WireType;
import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * The join's state: 9 bytes for an early click, 10 for a decided impression, 26 and 12 an
 * occurrence for a waiting one.
 */
public final class JoinEntryCodec implements WireCodec<JoinEntry> {
  static final WireType<JoinEntry> TYPE = WireType.of(JoinEntry.class, JoinEntryCodec.class);

  private static final byte EARLY_CLICK = 1;
  private static final byte WAITING = 2;
  private static final byte DECIDED = 3;

  @Override
  public void write(JoinEntry entry, DataOutputView out) throws IOException {
    if (entry instanceof EarlyClick click) {
      out.writeByte(EARLY_CLICK);
      out.writeLong(click.timestamp());
    } else if (entry instanceof Waiting waiting) {
      out.writeByte(WAITING);
      out.writeLong(waiting.timestamp());
      out.writeFloat(waiting.weight());
      out.writeBoolean(waiting.lateClick());
      ExampleBytes.write(waiting.example(), out);
    } else if (entry instanceof Decided decided) {
      out.writeByte(DECIDED);
      out.writeLong(decided.timestamp());
      out.writeBoolean(decided.clicked());
    } else if (entry instanceof Nothing) {
      throw new IllegalStateException("an absent entry is cleared, not stored");
    }
  }

  @Override
  public JoinEntry read(DataInputView in, int version) throws IOException {
    byte kind = in.readByte();
    return switch (kind) {
      case EARLY_CLICK -> new EarlyClick(in.readLong());
      case WAITING -> readWaiting(in);
      case DECIDED -> new Decided(in.readLong(), in.readBoolean());
      default -> throw new IOException("an entry of the join cannot be of kind " + kind);
    };
  }

  private static Waiting readWaiting(DataInputView in) throws IOException {
    long timestamp = in.readLong();
    float weight = in.readFloat();
    boolean lateClick = in.readBoolean();
    return new Waiting(timestamp, weight, ExampleBytes.read(in), lateClick);
  }
}
