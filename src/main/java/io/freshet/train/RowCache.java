package io.freshet.train;

import java.util.Arrays;

/**
 * The hot rows of a shard: a bounded write-back cache in front of keyed state, which is too slow to
 * be touched for each row of each lookup.
 *
 * <p>Open addressing with linear probing finds a row's <em>slot</em>; its floats lie in one slab,
 * {@code width} for each slot. The slab grows with the rows up to the capacity; from then on a new
 * row takes the place of one that was not used since the clock hand last passed it (CLOCK, the
 * second-chance approximation of least recently used; Corbató 1968). Dirty slots stand in a list in
 * the order in which they became dirty, so that writing back can trickle, oldest first, and little
 * is left for the barrier.
 *
 * <p>A slot is valid until the next call of {@link #slot}. Not thread-safe.
 */
final class RowCache {
  private static final int NONE = -1;
  private static final long SPREAD = 0x9E3779B97F4A7C15L;

  /** Where rows come from and go to. */
  interface Store {
    /** The row of a feature, or null if it has none. */
    StoredRow load(long fid) throws Exception;

    /** Writes the row that a feature starts with. */
    void start(long fid, float[] values, int at);

    void save(long fid, StoredRow row) throws Exception;
  }

  private final Store store;
  private final int width;
  private final int capacity;

  private int[] places; // hash place → slot + 1, 0 where empty; at most half full
  private int shift;
  private long[] fids; // by slot, as all that follows
  private float[] values;
  private long[] updates;
  private long[] lastSeen;
  private long[] dirtySince;
  private boolean[] used;
  private int[] older; // dirty slots as a doubly linked list; NONE at its ends
  private int[] newer;
  private boolean[] dirty;
  private int oldestDirty = NONE;
  private int newestDirty = NONE;

  private int size;
  private int hand;
  private long hits;
  private long misses;

  RowCache(int capacity, int width, Store store) {
    if ((long) capacity * width > Integer.MAX_VALUE - 8) {
      throw new RefusedException(
          "a cache of "
              + capacity
              + " rows of "
              + width
              + " floats is too large for one array: at most "
              + (Integer.MAX_VALUE - 8) / width
              + " rows a shard");
    }
    this.store = store;
    this.width = width;
    this.capacity = capacity;
    allocate(Math.min(capacity, 1024));
  }

  /** The slot of a feature's row, which is loaded or started if the cache does not hold it. */
  int slot(long fid) throws Exception {
    int place = placeOf(fid);
    if (places[place] != 0) {
      hits++;
      int slot = places[place] - 1;
      used[slot] = true;
      return slot;
    }
    misses++;
    return fill(freeSlot(), fid);
  }

  private int fill(int slot, long fid) throws Exception {
    StoredRow row = store.load(fid);
    if (row == null) {
      store.start(fid, values, at(slot));
      updates[slot] = 0;
      lastSeen[slot] = Long.MIN_VALUE;
    } else {
      checkWidth(fid, row);
      System.arraycopy(row.values(), 0, values, at(slot), width);
      updates[slot] = row.updates();
      lastSeen[slot] = row.lastSeen();
    }
    fids[slot] = fid;
    used[slot] = true;
    places[placeOf(fid)] = slot + 1;
    return slot;
  }

  private void checkWidth(long fid, StoredRow row) {
    if (row.values().length != width) {
      throw new RefusedException(
          "the restored state holds rows of "
              + row.values().length
              + " floats (feature "
              + fid
              + "), but the embedding size and optimisers configured make "
              + width);
    }
  }

  /** All rows; those of a slot begin at {@link #at}. */
  float[] values() {
    return values;
  }

  int at(int slot) {
    return slot * width;
  }

  long updates(int slot) {
    return updates[slot];
  }

  /** Notes that a row's floats were changed by so many occurrences. */
  void changed(int slot, int occurrences, long time, long now) {
    updates[slot] += occurrences;
    lastSeen[slot] = Math.max(lastSeen[slot], time);
    if (!dirty[slot]) {
      dirty[slot] = true;
      dirtySince[slot] = now;
      linkNewest(slot);
    }
  }

  /** Writes back up to {@code most} rows that have been dirty since {@code time} or longer. */
  void writeBackDirtySince(long time, int most) throws Exception {
    for (int i = 0; i < most && oldestDirty != NONE && dirtySince[oldestDirty] <= time; i++) {
      writeBack(oldestDirty);
    }
  }

  /** Writes back every dirty row. */
  void writeBackAll() throws Exception {
    while (oldestDirty != NONE) {
      writeBack(oldestDirty);
    }
  }

  int size() {
    return size;
  }

  long hits() {
    return hits;
  }

  long misses() {
    return misses;
  }

  private void writeBack(int slot) throws Exception {
    float[] row = Arrays.copyOfRange(values, at(slot), at(slot) + width);
    store.save(fids[slot], new StoredRow(updates[slot], lastSeen[slot], row));
    dirty[slot] = false;
    unlink(slot);
  }

  private int freeSlot() throws Exception {
    if (size < capacity) {
      if (size == fids.length) {
        grow();
      }
      return size++;
    }
    while (used[hand]) {
      used[hand] = false;
      hand = hand + 1 == size ? 0 : hand + 1;
    }
    int slot = hand;
    hand = hand + 1 == size ? 0 : hand + 1;
    if (dirty[slot]) {
      writeBack(slot);
    }
    remove(placeOf(fids[slot]));
    return slot;
  }

  private int placeOf(long fid) {
    int mask = places.length - 1;
    int place = (int) (fid * SPREAD >>> shift);
    while (places[place] != 0 && fids[places[place] - 1] != fid) {
      place = place + 1 & mask;
    }
    return place;
  }

  /** Empties a place, moving up what linear probing had pushed behind it (Knuth 6.4, R). */
  private void remove(int place) {
    int mask = places.length - 1;
    int empty = place;
    places[empty] = 0;
    for (int next = empty + 1 & mask; places[next] != 0; next = next + 1 & mask) {
      int home = (int) (fids[places[next] - 1] * SPREAD >>> shift);
      if ((next - home & mask) >= (next - empty & mask)) {
        places[empty] = places[next];
        places[next] = 0;
        empty = next;
      }
    }
  }

  private void linkNewest(int slot) {
    older[slot] = newestDirty;
    newer[slot] = NONE;
    if (newestDirty == NONE) {
      oldestDirty = slot;
    } else {
      newer[newestDirty] = slot;
    }
    newestDirty = slot;
  }

  private void unlink(int slot) {
    if (older[slot] == NONE) {
      oldestDirty = newer[slot];
    } else {
      newer[older[slot]] = newer[slot];
    }
    if (newer[slot] == NONE) {
      newestDirty = older[slot];
    } else {
      older[newer[slot]] = older[slot];
    }
  }

  private void allocate(int slots) {
    fids = new long[slots];
    values = new float[slots * width];
    updates = new long[slots];
    lastSeen = new long[slots];
    dirtySince = new long[slots];
    used = new boolean[slots];
    older = new int[slots];
    newer = new int[slots];
    dirty = new boolean[slots];
    rehash();
  }

  private void grow() {
    int slots = (int) Math.min(capacity, 2L * size);
    fids = Arrays.copyOf(fids, slots);
    values = Arrays.copyOf(values, slots * width);
    updates = Arrays.copyOf(updates, slots);
    lastSeen = Arrays.copyOf(lastSeen, slots);
    dirtySince = Arrays.copyOf(dirtySince, slots);
    used = Arrays.copyOf(used, slots);
    older = Arrays.copyOf(older, slots);
    newer = Arrays.copyOf(newer, slots);
    dirty = Arrays.copyOf(dirty, slots);
    rehash();
  }

  private void rehash() {
    int length = Integer.highestOneBit(Math.max(8, fids.length) * 2 - 1) << 1;
    places = new int[length];
    shift = 64 - Integer.numberOfTrailingZeros(length);
    for (int slot = 0; slot < size; slot++) {
      places[placeOf(fids[slot])] = slot + 1;
    }
  }
}
