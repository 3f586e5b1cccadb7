package io.freshet.evaluate.metric;

import io.freshet.evaluate.report.Slice;
import io.freshet.model.batch.ExampleAttributes;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * Which values of a field have a separate slice: the first that come, up to a limit a field; all
 * later ones share one. A value is never given up again, so each slice holds every example of its
 * value since the first, and in a stream the frequent values are among the first.
 *
 * <p>Texts come in messages of their own, before the examples do.
 */
final class SliceValues {
  private static final long VALUE_MASK = (1L << 52) - 1;

  private final Map<Integer, String> fields;
  private final int limit;
  private final Map<Long, String> values = new LinkedHashMap<>(); // "" before a text was heard
  private final Map<Integer, Integer> counts = new HashMap<>(); // of each field

  /**
   * @param fields names by number
   * @param limit values of a field at most
   */
  SliceValues(Map<Integer, String> fields, int limit) {
    this.fields = new TreeMap<>(fields);
    this.limit = limit;
  }

  /** Takes texts of values, which get slices while there are any left. */
  void name(Map<Long, String> names) {
    for (Map.Entry<Long, String> name : new TreeMap<>(names).entrySet()) {
      if (has(name.getKey()) && slice(name.getKey()) == name.getKey()) {
        values.put(name.getKey(), name.getValue());
      }
    }
  }

  boolean has(long fid) {
    return fields.containsKey(ExampleAttributes.field(fid));
  }

  /** The name of the value's slice: the value itself, or that of all others. */
  long slice(long fid) {
    if (values.containsKey(fid)) {
      return fid;
    }
    int field = ExampleAttributes.field(fid);
    if (counts.getOrDefault(field, 0) >= limit && !ExampleAttributes.isMissing(fid)) {
      return fid | VALUE_MASK;
    }
    if (!ExampleAttributes.isMissing(fid)) {
      counts.merge(field, 1, Integer::sum);
    }
    values.put(fid, "");
    return fid;
  }

  Slice name(long slice) {
    String field = fields.getOrDefault(ExampleAttributes.field(slice), "");
    if (ExampleAttributes.isMissing(slice)) {
      return new Slice(field, Slice.MISSING);
    }
    String text = values.getOrDefault(slice, Slice.OTHER);
    return new Slice(field, text.isEmpty() ? "0x" + Long.toHexString(slice) : text);
  }

  void write(DataOutput out) throws IOException {
    out.writeInt(values.size());
    for (Map.Entry<Long, String> value : values.entrySet()) {
      out.writeLong(value.getKey());
      out.writeUTF(value.getValue());
    }
  }

  /** Takes what was written, but for fields that are no longer sliced by. */
  void read(DataInput in) throws IOException {
    for (int n = in.readInt(); n > 0; n--) {
      long fid = in.readLong();
      String text = in.readUTF();
      if (has(fid)) {
        values.put(fid, text);
        counts.merge(
            ExampleAttributes.field(fid), ExampleAttributes.isMissing(fid) ? 0 : 1, Integer::sum);
      }
    }
  }
}
