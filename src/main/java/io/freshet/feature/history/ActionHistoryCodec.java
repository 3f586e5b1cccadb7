package io.freshet.feature.history;

import io.freshet.wire.codec.StateCodec;
import io.freshet.wire.codec.VarInt;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInput;
import java.io.DataInputStream;
import java.io.DataOutput;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * The state format of histories: how many actions, then the time since the one before and the value
 * of each.
 */
public final class ActionHistoryCodec extends StateCodec<ActionHistory> {
  private static final ActionHistoryCodec INSTANCE = new ActionHistoryCodec();

  public ActionHistoryCodec() {
    super("action-history", 1, ActionHistory.class);
  }

  /** A history as bytes. */
  public static byte[] bytes(ActionHistory history) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      INSTANCE.write(history, new DataOutputStream(bytes));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /** The history that some bytes are. */
  public static ActionHistory of(byte[] bytes) {
    try {
      return INSTANCE.read(
          new DataInputStream(new ByteArrayInputStream(bytes)), INSTANCE.version());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void write(ActionHistory history, DataOutput out) throws IOException {
    VarInt.write(history.size(), out);
    long before = 0;
    for (int i = 0; i < history.size(); i++) {
      VarInt.write(history.times()[i] - before, out);
      out.writeLong(history.values()[i]);
      before = history.times()[i];
    }
  }

  @Override
  public ActionHistory read(DataInput in, int version) throws IOException {
    int n = VarInt.readInt(in);
    long[] times = new long[n];
    long[] values = new long[n];
    long before = 0;
    for (int i = 0; i < n; i++) {
      before += VarInt.read(in);
      times[i] = before;
      values[i] = in.readLong();
    }
    return new ActionHistory(times, values);
  }
}
