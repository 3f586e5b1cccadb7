package io.freshet.train;

import java.util.Arrays;

/**
 * The hot rows of a shard: a bounded write-back cache in front of keyed state, which is too slow to
 * be touched for each row of each lookup.
 *
 * <p>A row lies in a <em>slot</em>: its floats in one slab, {@code width} for each slot. The slab
 * grows with the rows up to the capacity; from then on a new row takes the place of one that was
 * not used since the clock hand last passed it (CLOCK, the second-chance approximation of least
 * recently used; Corbató 1968). Changed rows are written back when their slot is needed, when they
 * have been dirty for long, oldest first, and ahead of a barrier, so that little is left for that.
 *
 * <p>A slot is valid until the next call of {@link #slot}. Not thread-safe.
 */
final class RowCache {
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

  private final SlotIndex index;
  private final DirtySlots dirty;
  private float[] values; // by slot, as all that follows
  private long[] updates;
  private long[] lastSeen;
  private boolean[] used; // since the hand last passed

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
    int slots = Math.min(capacity, 1024);
    index = new SlotIndex(slots);
    dirty = new DirtySlots(slots);
    values = new float[slots * width];
    updates = new long[slots];
    lastSeen = new long[slots];
    used = new boolean[slots];
  }

  /** The slot of a feature's row, which is loaded or started if the cache does not hold it. */
  int slot(long fid) throws Exception {
    int slot = index.find(fid);
    if (slot >= 0) {
      hits++;
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
    used[slot] = true;
    index.put(fid, slot);
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
    dirty.add(slot, now);
  }

  /** Writes back up to {@code most} rows that have been dirty since {@code time} or longer. */
  void writeBackDirtySince(long time, int most) throws Exception {
    for (int i = 0; i < most; i++) {
      int oldest = dirty.oldest();
      if (oldest == DirtySlots.NONE || dirty.since(oldest) > time) {
        return;
      }
      writeBack(oldest);
    }
  }

  /** Writes back every dirty row. */
  void writeBackAll() throws Exception {
    while (dirty.oldest() != DirtySlots.NONE) {
      writeBack(dirty.oldest());
    }
  }

  int size() {
    return size;
  }

  /** What it takes of the heap. */
  long bytes() {
    long perSlot = (long) Float.BYTES * width + 2 * Long.BYTES + 1;
    return used.length * perSlot + index.bytes() + dirty.bytes();
  }

  long hits() {
    return hits;
  }

  long misses() {
    return misses;
  }

  private void writeBack(int slot) throws Exception {
    float[] row = Arrays.copyOfRange(values, at(slot), at(slot) + width);
    store.save(index.fid(slot), new StoredRow(updates[slot], lastSeen[slot], row));
    dirty.remove(slot);
  }

  private int freeSlot() throws Exception {
    if (size == capacity) {
      return evict();
    }
    if (size == used.length) {
      grow((int) Math.min(capacity, 2L * size));
    }
    return size++;
  }

  private int evict() throws Exception {
    while (used[hand]) {
      used[hand] = false;
      advance();
    }
    int slot = hand;
    advance();
    if (dirty.contains(slot)) {
      writeBack(slot);
    }
    index.remove(slot);
    return slot;
  }

  private void advance() {
    hand = hand + 1 == size ? 0 : hand + 1;
  }

  private void grow(int slots) {
    index.grow(slots);
    dirty.grow(slots);
    values = Arrays.copyOf(values, slots * width);
    updates = Arrays.copyOf(updates, slots);
    lastSeen = Arrays.copyOf(lastSeen, slots);
    used = Arrays.copyOf(used, slots);
  }
}
