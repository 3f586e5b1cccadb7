package io.freshet.feature;

import java.util.Arrays;

/**
 * Scratch for the occurrences of one example: those of index s are at {@code start(s)} to {@code
 * end(s)}. Slots are begun in order, and used again for the next example.
 */
final class Occurrences {
  private final int[] starts;
  private long[] fids = new long[64];
  private float[] values = new float[64];
  private int slots;
  private int size;

  Occurrences(int slots) {
    starts = new int[slots + 1];
  }

  void clear() {
    slots = 0;
    size = 0;
  }

  void beginSlot() {
    starts[slots++] = size;
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

  int start(int slot) {
    return starts[slot];
  }

  int end(int slot) {
    return slot + 1 < slots ? starts[slot + 1] : size;
  }

  int count(int slot) {
    return end(slot) - start(slot);
  }

  long fid(int at) {
    return fids[at];
  }

  /** Copies a slot's occurrences; returns the index after the last. */
  int copy(int slot, long[] toFids, float[] toValues, int at) {
    System.arraycopy(fids, start(slot), toFids, at, count(slot));
    System.arraycopy(values, start(slot), toValues, at, count(slot));
    return at + count(slot);
  }
}
