package io.freshet.feature;

import java.util.Arrays;

/**
 * Combines the ids of other fields: the id of a combination is the {@link ValueHash#mix} of its
 * parts' ids, from the first on, and each of n combinations has the value 1/n. A missing part takes
 * part by its missing id.
 */
final class CrossEncoder {
  private final CrossField field;
  private final int[] parts;

  CrossEncoder(CrossField field, FeatureSchema schema) {
    this.field = field;
    parts = field.of().stream().mapToInt(schema::index).toArray();
  }

  /** The number of combinations, at most {@link Integer#MAX_VALUE}. */
  int count(Occurrences plain) {
    long count = 1;
    for (int part : parts) {
      count = Math.min(count * plain.count(part), Integer.MAX_VALUE);
    }
    return (int) count;
  }

  /** Writes the combinations from {@code at} on; returns the index after the last. */
  int encode(Occurrences plain, long[] fids, float[] values, int at) {
    int end = write(plain, 0, 0, fids, at);
    Arrays.fill(values, at, end, 1f / (end - at));
    return end;
  }

  private int write(Occurrences plain, int part, long before, long[] fids, int at) {
    if (part == parts.length) {
      fids[at] = Fids.of(field.number(), before);
      return at + 1;
    }
    int next = at;
    for (int i = plain.start(parts[part]); i < plain.end(parts[part]); i++) {
      long id = part == 0 ? plain.fid(i) : ValueHash.mix(before, plain.fid(i));
      next = write(plain, part + 1, id, fids, next);
    }
    return next;
  }
}
