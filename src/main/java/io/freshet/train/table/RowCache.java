package io.freshet.train.table;

import io.freshet.train.RefusedException;
import java.util.Arrays;

/**
 * The hot rows of a shard: a bounded write-back cache in front of keyed state, which is too slow to
 * be touched for each row of each lookup.
 *
 * <p>A row lies in a <em>slot</em>: its floats in one slab, {@code width} for each slot. The slab
 * grows with the rows up to the capacity; from then on a new row takes the place of one that {@link
 * EvictionPolicy} names. Changed rows are written back when their slot is needed, when they have
 * been dirty for long, oldest first, and ahead of a barrier, so that little is left for that.
 *
 * <p>Slots are valid until the next are looked up. Not thread-safe.
 */
public final class RowCache {
  /** Where rows come from and go to. */
  interface Store {
    /** The row of a feature, or null if nothing is known of it. */
    StoredRow load(long fid) throws Exception;

    /** Whether a feature without a row gets one by being asked for. */
    default boolean admits(long fid) {
      return true;
    }

    /** Writes the row that a feature starts with. */
    void start(long fid, float[] values, int at);

    void save(long fid, StoredRow row) throws Exception;
  }

  /** The slot of a feature that has no row. */
  static final int NO_ROW = -1;

  /** The life of a row that is not in state, nor anything else of its feature. */
  public static final int NEW = -1;

  /** The life of a row that is not in state, where its feature is known. */
  static final int RENEWED = -2;

  private final Store store;
  private final int width;
  private final int capacity;

  private final SlotIndex index;
  private final DirtySlots dirty;
  private final EvictionPolicy turnover;
  private float[] values; // by slot, as all that follows
  private long[] history; // updates and when last seen, side by side: one wait for memory
  private int[] lives; // 0 and above of rows, else as above

  private int size;
  private int[] free = new int[0]; // slots below size that hold no row
  private int freed;
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
    turnover = new EvictionPolicy(slots, capacity);
    values = new float[slots * width];
    history = new long[2 * slots];
    lives = new int[slots];
  }

  /**
   * The slot of a feature's row, which is loaded or started if the cache does not hold it; {@link
   * #NO_ROW} if it has none and gets none.
   */
  int slot(long fid) throws Exception {
    turnover.beginCall();
    return find(fid, true);
  }

  /**
   * The slots of n features' rows, or {@link #NO_ROW}, valid together; n is at most the capacity.
   *
   * @param fids features, from {@code fids[from]} on
   * @param slots receives the slots
   */
  void slots(long[] fids, int from, int n, int[] slots) throws Exception {
    slots(fids, from, n, slots, true);
  }

  /** The same for rows that were asked for before, and now are to change: no use of their own. */
  void slotsAgain(long[] fids, int from, int n, int[] slots) throws Exception {
    slots(fids, from, n, slots, false);
  }

  private void slots(long[] fids, int from, int n, int[] slots, boolean askedFor) throws Exception {
    turnover.beginCall();
    for (int i = 0; i < n; i++) {
      slots[i] = index.findAtHome(fids[from + i]); // no other work: many wait for memory at once
    }
    for (int i = 0; i < n; i++) {
      if (slots[i] >= 0) {
        hits++;
        turnover.used(slots[i], askedFor);
      }
    }
    for (int i = 0; i < n; i++) {
      slots[i] = slots[i] >= 0 ? slots[i] : find(fids[from + i], askedFor);
    }
  }

  private int find(long fid, boolean askedFor) throws Exception {
    int slot = index.find(fid);
    if (slot >= 0) {
      hits++;
      turnover.used(slot, askedFor);
      return slot;
    }
    misses++;
    StoredRow row = store.load(fid);
    if (row == null || row.isAbsent()) {
      return store.admits(fid) ? fill(freeSlot(), fid, row, askedFor) : NO_ROW;
    }
    checkWidth(fid, row);
    return fill(freeSlot(), fid, row, askedFor);
  }

  private int fill(int slot, long fid, StoredRow row, boolean askedFor) {
    turnover.entered(slot, askedFor);
    index.put(fid, slot);
    if (row == null || row.isAbsent()) {
      startAnew(slot, row == null ? NEW : RENEWED);
    } else {
      System.arraycopy(row.values(), 0, values, at(slot), width);
      history[2 * slot] = row.updates();
      history[2 * slot + 1] = row.lastSeen();
      lives[slot] = row.life();
    }
    return slot;
  }

  /** The slot of a feature that the cache holds, or {@link #NO_ROW}; not counted as a use. */
  int peek(long fid) {
    return index.find(fid);
  }

  /** Starts a row for a feature that had none; the slot is valid until the next are asked for. */
  int begin(long fid, StoredRow known) throws Exception {
    turnover.beginCall();
    return fill(freeSlot(), fid, known, true);
  }

  /** Makes a slot's row the one that its feature starts with, with nothing to write back. */
  void startAnew(int slot, int life) {
    store.start(index.fid(slot), values, at(slot));
    history[2 * slot] = 0;
    history[2 * slot + 1] = Long.MIN_VALUE;
    lives[slot] = life;
    if (dirty.contains(slot)) {
      dirty.remove(slot);
    }
  }

  /** Forgets a slot's row without writing it back. */
  void remove(int slot) {
    index.remove(slot);
    if (dirty.contains(slot)) {
      dirty.remove(slot);
    }
    turnover.left(slot);
    if (freed == free.length) {
      free = Arrays.copyOf(free, Math.max(16, 2 * freed));
    }
    free[freed++] = slot;
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
    return history[2 * slot];
  }

  long lastSeen(int slot) {
    return history[2 * slot + 1];
  }

  int life(int slot) {
    return lives[slot];
  }

  void life(int slot, int life) {
    lives[slot] = life;
  }

  /** Notes that a row's floats were changed by so many occurrences. */
  void changed(int slot, int occurrences, long time, long now) {
    history[2 * slot] += occurrences;
    history[2 * slot + 1] = Math.max(history[2 * slot + 1], time);
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

  int capacity() {
    return capacity;
  }

  int size() {
    return size - freed;
  }

  /** What it takes of the heap. */
  long bytes() {
    long perSlot = (long) Float.BYTES * width + 2 * Long.BYTES + Integer.BYTES;
    return lives.length * perSlot + index.bytes() + dirty.bytes() + turnover.bytes();
  }

  long hits() {
    return hits;
  }

  long misses() {
    return misses;
  }

  private void writeBack(int slot) throws Exception {
    float[] row = Arrays.copyOfRange(values, at(slot), at(slot) + width);
    int life = Math.max(0, lives[slot]);
    store.save(index.fid(slot), new StoredRow(history[2 * slot], history[2 * slot + 1], life, row));
    dirty.remove(slot);
  }

  private int freeSlot() throws Exception {
    if (freed > 0) {
      return free[--freed];
    }
    if (size == capacity) {
      return evict();
    }
    if (size == lives.length) {
      grow((int) Math.min(capacity, 2L * size));
    }
    return size++;
  }

  private int evict() throws Exception {
    int slot = turnover.next(size);
    if (dirty.contains(slot)) {
      writeBack(slot);
    }
    index.remove(slot);
    turnover.left(slot);
    return slot;
  }

  private void grow(int slots) {
    index.grow(slots);
    dirty.grow(slots);
    values = Arrays.copyOf(values, slots * width);
    history = Arrays.copyOf(history, 2 * slots);
    turnover.grow(slots);
    lives = Arrays.copyOf(lives, slots);
  }
}
