package io.freshet.join;

import io.freshet.feature.example.Example;
import io.freshet.feature.example.ExampleCodec;
import io.freshet.join.JoinEntry.Decided;
import io.freshet.join.JoinEntry.EarlyClick;
import io.freshet.join.JoinEntry.Features;
import io.freshet.join.JoinEntry.Nothing;
import io.freshet.join.JoinEntry.Waiting;
import io.freshet.wire.codec.StateCodec;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Optional;

/**
 * The join's state: 2 bytes for an early click and 8 an action; 11 for a decided impression, and
 * its features where a correction may come; 23, 8 an action that waits for others, and its features
 * for a waiting one.
 */
public final class JoinEntryCodec extends StateCodec<JoinEntry> {

  private static final ExampleCodec EXAMPLES = new ExampleCodec();
  private static final byte EARLY_CLICK = 1;
  private static final byte WAITING = 2;
  private static final byte DECIDED = 3;

  private static final int EMITTED = 1;
  private static final int SCORED = 2;

  public JoinEntryCodec() {
    super("join-entry", 1, JoinEntry.class);
  }

  @Override
  public void write(JoinEntry entry, DataOutput out) throws IOException {
    if (entry instanceof EarlyClick early) {
      out.writeByte(EARLY_CLICK);
      writeTimes(early.actions(), out);
    } else if (entry instanceof Waiting waiting) {
      out.writeByte(WAITING);
      out.writeLong(waiting.timestamp());
      out.writeByte((waiting.emitted() ? EMITTED : 0) | (waiting.scored() ? SCORED : 0));
      writeTimes(waiting.actions(), out);
      write(waiting.weight(), waiting.example(), out);
    } else if (entry instanceof Decided decided) {
      out.writeByte(DECIDED);
      out.writeLong(decided.timestamp());
      out.writeByte(decided.seen());
      out.writeBoolean(decided.features().isPresent());
      if (decided.features().isPresent()) {
        Features features = decided.features().get();
        write(features.weight(), features.example(), out);
      }
    } else if (entry instanceof Nothing) {
      throw new IllegalStateException("an absent entry is cleared, not stored");
    }
  }

  @Override
  public JoinEntry read(DataInput in, int version) throws IOException {
    byte kind = in.readByte();
    return switch (kind) {
      case EARLY_CLICK -> new EarlyClick(readTimes(in));
      case WAITING -> readWaiting(in);
      case DECIDED -> readDecided(in);
      default -> throw new IOException("an entry of the join cannot be of kind " + kind);
    };
  }

  private static Waiting readWaiting(DataInput in) throws IOException {
    long timestamp = in.readLong();
    int flags = in.readByte();
    ActionTimes times = readTimes(in);
    Features features = readFeatures(in);
    return new Waiting(
        timestamp,
        features.weight(),
        features.example(),
        times,
        (flags & EMITTED) != 0,
        (flags & SCORED) != 0);
  }

  private static Decided readDecided(DataInput in) throws IOException {
    long timestamp = in.readLong();
    int seen = in.readUnsignedByte();
    return new Decided(
        timestamp, seen, in.readBoolean() ? Optional.of(readFeatures(in)) : Optional.empty());
  }

  private static void write(float weight, Example example, DataOutput out) throws IOException {
    out.writeFloat(weight);
    EXAMPLES.write(example, out);
  }

  private static Features readFeatures(DataInput in) throws IOException {
    return new Features(in.readFloat(), EXAMPLES.read(in));
  }

  private static void writeTimes(ActionTimes times, DataOutput out) throws IOException {
    int bits = times.bits();
    out.writeByte(bits);
    for (int action = 0; action < LabelDefinition.MAX_ACTIONS; action++) {
      if ((bits >> action & 1) != 0) {
        out.writeLong(times.of(action));
      }
    }
  }

  private static ActionTimes readTimes(DataInput in) throws IOException {
    int bits = in.readUnsignedByte();
    ActionTimes times = ActionTimes.NONE;
    for (int action = 0; action < LabelDefinition.MAX_ACTIONS; action++) {
      times = (bits >> action & 1) != 0 ? times.with(action, in.readLong()) : times;
    }
    return times;
  }
}
