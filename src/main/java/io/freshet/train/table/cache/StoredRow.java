package io.freshet.train.table.cache;

import io.freshet.wire.codec.PrimitiveArrays;
import io.freshet.wire.codec.StateCodec;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * A row of the embedding table in state; or, without floats, what is known of a feature that has no
 * row.
 *
 * @param updates training occurrences of the feature so far; without a row, those since it last had
 *     one
 * @param lastSeen latest event time of an example with the feature, epoch milliseconds
 * @param generation distinguishes the row from earlier rows of the same feature; 0 or above
 * @param values the stored row; never written to, as the heap state backend keeps the reference
 */
public record StoredRow(long updates, long lastSeen, int generation, float[] values) {
  private static final float[] NO_FLOATS = {};

  /** Creates a row of generation 0. */
  public StoredRow(long updates, long lastSeen, float[] values) {
    this(updates, lastSeen, 0, values);
  }

  /** Returns what is known of a feature without a row. */
  public static StoredRow absent(long occurrences, long lastSeen) {
    return new StoredRow(occurrences, lastSeen, NO_FLOATS);
  }

  /** Returns a copy with other floats. */
  public StoredRow with(float[] others) {
    return new StoredRow(updates, lastSeen, generation, others);
  }

  /** Whether the feature has no row. */
  public boolean isAbsent() {
    return values.length == 0;
  }

  /**
   * Writes updates and time, the number of floats, and the floats. A generation above 0 precedes
   * the floats, marked by the complement of their number.
   */
  public static final class Codec extends StateCodec<StoredRow> {
    public Codec() {
      super("embedding-row", 1, StoredRow.class);
    }

    @Override
    public void write(StoredRow row, DataOutput out) throws IOException {
      out.writeLong(row.updates);
      out.writeLong(row.lastSeen);
      if (row.generation == 0) {
        out.writeInt(row.values.length);
      } else {
        out.writeInt(~row.values.length);
        out.writeInt(row.generation);
      }
      PrimitiveArrays.writeFloats(row.values, 0, row.values.length, out);
    }

    @Override
    public StoredRow read(DataInput in, int version) throws IOException {
      long updates = in.readLong();
      long lastSeen = in.readLong();
      int floats = in.readInt();
      int generation = floats < 0 ? in.readInt() : 0;
      float[] values = new float[floats < 0 ? ~floats : floats];
      PrimitiveArrays.readFloats(values, 0, values.length, in);
      return new StoredRow(updates, lastSeen, generation, values);
    }
  }
}
