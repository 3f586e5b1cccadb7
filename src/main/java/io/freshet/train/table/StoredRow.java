package io.freshet.train.table;

import io.freshet.wire.Primitives;
import io.freshet.wire.WireCodec;
import io.freshet.wire.WireType;
import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * A row of the embedding table as it lies in keyed state; or, without floats, what is known of a
 * feature that has no row.
 *
 * @param updates training occurrences of the feature so far; without a row, those since it last had
 *     one
 * @param lastSeen latest event time of an example that held it, epoch milliseconds
 * @param life tells the row from earlier ones of the same feature, as told in {@link RowLifecycle};
 *     0 or above
 * @param values the stored row; never written to, as the heap state backend keeps the reference
 */
public record StoredRow(long updates, long lastSeen, int life, float[] values) {
  public static final WireType<StoredRow> TYPE = WireType.of(StoredRow.class, Codec.class);
  private static final float[] NO_FLOATS = {};

  /** A row in its feature's first life. */
  public StoredRow(long updates, long lastSeen, float[] values) {
    this(updates, lastSeen, 0, values);
  }

  /** What is known of a feature without a row. */
  public static StoredRow absent(long occurrences, long lastSeen) {
    return new StoredRow(occurrences, lastSeen, NO_FLOATS);
  }

  /** The same with other floats. */
  StoredRow with(float[] others) {
    return new StoredRow(updates, lastSeen, life, others);
  }

  /** Whether the feature has no row. */
  boolean isAbsent() {
    return values.length == 0;
  }

  /**
   * Writes the two numbers, the number of floats, and the floats. The life stands ahead of the
   * floats where it is not 0, and then the complement of their number ahead of it; version 1 knew
   * no other lives.
   */
  public static final class Codec implements WireCodec<StoredRow> {
    @Override
    public int version() {
      return 2;
    }

    @Override
    public void write(StoredRow row, DataOutputView out) throws IOException {
      out.writeLong(row.updates);
      out.writeLong(row.lastSeen);
      if (row.life == 0) {
        out.writeInt(row.values.length);
      } else {
        out.writeInt(~row.values.length);
        out.writeInt(row.life);
      }
      Primitives.writeFloats(row.values, 0, row.values.length, out);
    }

    @Override
    public StoredRow read(DataInputView in, int version) throws IOException {
      long updates = in.readLong();
      long lastSeen = in.readLong();
      int floats = in.readInt();
      int life = floats < 0 ? in.readInt() : 0;
      float[] values = new float[floats < 0 ? ~floats : floats];
      Primitives.readFloats(values, 0, values.length, in);
      return new StoredRow(updates, lastSeen, life, values);
    }
  }
}
