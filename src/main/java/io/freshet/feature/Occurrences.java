package io.freshet.feature;

import java.util.Arrays;

/**
 * Scratch for the occurrences of one example: those of the field of index s are at {@code start(s)}
 * to {@code end(s)}. Fields are begun in order, and used again for the next example.
 */
final class Occurrences {
  private final int[] starts;
  private long[] fids = new long[64];
  private float[] values = new float[64];
  private int begun;
  private int size;

  Occurrences(int fields) {
    starts = new int[fields + 1];
  }

  void clear() {
    begun = 0;
    size = 0;
  }

  void beginField() {
    starts[begun++] = size;
  }

  void add(long fid, float value) {
    if (size == fids.length) {
      fids = Arrays.copyOf(fids, 2 * size);
      values = Arrays.copyOf(values, 2 * size);
    }
    fids[size] = fid;
    values[size++] = value;
  }

  int size() {
    return size;
  }

  int start(int field) {
    return starts[field];
  }

  int end(int field) {
    return field + 1 < begun ? starts[field + 1] : size;
  }

  int count(int field) {
    return end(field) - start(field);
  }

  long fid(int at) {
    return fids[at];
  }

  /** Copies a field's occurrences; returns the index after the last. */
  int copy(int field, long[] toFids, float[] toValues, int at) {
    System.arraycopy(fids, start(field), toFids, at, count(field));
    System.arraycopy(values, start(field), toValues, at, count(field));
    return at + count(field);
  }
}
