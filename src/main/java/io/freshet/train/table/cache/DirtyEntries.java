package io.freshet.train.table.cache;

import java.util.Arrays;

/**
 * The entries whose rows are newer than the state behind the cache, in the order in which they
 * became dirty: a doubly linked list over arrays.
 */
final class DirtyEntries {
  static final int NONE = -1;

  private boolean[] dirty; // indexed by entry, as all that follows
  private long[] since;
  private int[] older;
  private int[] newer;
  private int oldest = NONE;
  private int newest = NONE;

  DirtyEntries(int entries) {
    dirty = new boolean[entries];
    since = new long[entries];
    older = new int[entries];
    newer = new int[entries];
  }

  boolean contains(int entry) {
    return dirty[entry];
  }

  /** The entry that became dirty first, or {@link #NONE}. */
  int oldest() {
    return oldest;
  }

  /** When an entry became dirty. */
  long since(int entry) {
    return since[entry];
  }

  /** Adds an entry as the newest; one that is already dirty keeps its place. */
  void add(int entry, long now) {
    if (dirty[entry]) {
      return;
    }
    dirty[entry] = true;
    since[entry] = now;
    older[entry] = newest;
    newer[entry] = NONE;
    if (newest == NONE) {
      oldest = entry;
    } else {
      newer[newest] = entry;
    }
    newest = entry;
  }

  /** Removes a dirty entry. */
  void remove(int entry) {
    dirty[entry] = false;
    if (older[entry] == NONE) {
      oldest = newer[entry];
    } else {
      newer[older[entry]] = newer[entry];
    }
    if (newer[entry] == NONE) {
      newest = older[entry];
    } else {
      older[newer[entry]] = older[entry];
    }
  }

  /** Heap size. */
  long bytes() {
    return dirty.length * (1L + Long.BYTES + 2 * Integer.BYTES);
  }

  void grow(int entries) {
    dirty = Arrays.copyOf(dirty, entries);
    since = Arrays.copyOf(since, entries);
    older = Arrays.copyOf(older, entries);
    newer = Arrays.copyOf(newer, entries);
  }
}
