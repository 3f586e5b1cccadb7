package io.freshet.train.table;

import java.util.Arrays;

/**
 * The slots whose rows are newer than the state behind the cache, in the order in which they became
 * so: a doubly linked list over arrays.
 */
final class DirtySlots {
  static final int NONE = -1;

  private boolean[] dirty; // by slot, as all that follows
  private long[] since;
  private int[] older;
  private int[] newer;
  private int oldest = NONE;
  private int newest = NONE;

  DirtySlots(int slots) {
    dirty = new boolean[slots];
    since = new long[slots];
    older = new int[slots];
    newer = new int[slots];
  }

  boolean contains(int slot) {
    return dirty[slot];
  }

  /** The slot that has been dirty for longest, or {@link #NONE}. */
  int oldest() {
    return oldest;
  }

  /** When a dirty slot became so. */
  long since(int slot) {
    return since[slot];
  }

  /** Adds a slot as the newest; one that is dirty already keeps its place. */
  void add(int slot, long now) {
    if (dirty[slot]) {
      return;
    }
    dirty[slot] = true;
    since[slot] = now;
    older[slot] = newest;
    newer[slot] = NONE;
    if (newest == NONE) {
      oldest = slot;
    } else {
      newer[newest] = slot;
    }
    newest = slot;
  }

  /** Takes out a dirty slot. */
  void remove(int slot) {
    dirty[slot] = false;
    if (older[slot] == NONE) {
      oldest = newer[slot];
    } else {
      newer[older[slot]] = newer[slot];
    }
    if (newer[slot] == NONE) {
      newest = older[slot];
    } else {
      older[newer[slot]] = older[slot];
    }
  }

  /** What it takes of the heap. */
  long bytes() {
    return dirty.length * (1L + Long.BYTES + 2 * Integer.BYTES);
  }

  void grow(int slots) {
    dirty = Arrays.copyOf(dirty, slots);
    since = Arrays.copyOf(since, slots);
    older = Arrays.copyOf(older, slots);
    newer = Arrays.copyOf(newer, slots);
  }
}
