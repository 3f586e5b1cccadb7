package io.freshet.train.table.cache;

import io.freshet.train.RefusedException;
import java.util.Arrays;

/**
 * The hot rows of a shard: a bounded write-back cache in front of keyed state, which is too slow to
 * be accessed for each row of each lookup.
 *
 * <p>A row occupies an <em>entry</em>: its floats in one slab, {@code width} for each entry. The
 * slab grows with the rows up to the capacity; after that a new row replaces the one that {@link
 * EvictionPolicy} names. Changed rows are written back when their entry is needed, when they have
 * been dirty for long, oldest first, and before a barrier, so that little is left for the barrier.
 *
 * <p>Entries are valid until the next lookup. Not thread-safe.
 */
public final class RowCache {
  /** The source and destination of rows. */
  public interface Store {
    /** The row of a feature, or null if nothing is known of it. */
    StoredRow get(long fid) throws Exception;

    /** Whether a lookup gives a row to a feature that has none. */
    boolean admits(long fid);

    /** Writes the row that a feature starts with to {@code values[at …]}. */
    void start(long fid, float[] values, int at);

    /** Takes a changed row. */
    void save(long fid, StoredRow row) throws Exception;
  }

  /** The entry of a feature that has no row. */
  public static final int NO_ROW = -1;

  /** The generation of a row that is not in state, of a feature unknown to state. */
  public static final int NEW = -1;

  /** The generation of a row that is not in state, of a feature that state knows. */
  public static final int RENEWED = -2;

  private static final int LARGEST_FIRST_SIZE = 1024;
  private static final int LARGE = 1 << 20; // rows

  private final Store store;
  private final int width;
  private final int capacity;

  private final EntryIndex index;
  private final DirtyEntries dirty;
  private final EvictionPolicy eviction;
  private float[] values; // indexed by entry, as all that follows
  private long[] history; // updates and last seen, adjacent: one cache miss
  private int[] generations; // 0 and above, NEW or RENEWED

  private int size;
  private int[] free = new int[0]; // entries below size without a row
  private int freed;
  private long hits;
  private long misses;

  public RowCache(int capacity, int width, Store store) {
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
    int entries = firstSize(capacity);
    index = new EntryIndex(entries);
    dirty = new DirtyEntries(entries);
    eviction = new EvictionPolicy(entries, capacity);
    values = new float[entries * width];
    history = new long[2 * entries];
    generations = new int[entries];
  }

  /**
   * Half of the capacity, several times: so the last growth copies half of the slab and no more.
   */
  private static int firstSize(int capacity) {
    int size = capacity;
    while (size > LARGEST_FIRST_SIZE) {
      size = size / 2 + size % 2;
    }
    return size;
  }

  /**
   * Returns the entry of a feature's row, which is loaded or started if the cache does not hold it;
   * {@link #NO_ROW} if it has none and gets none.
   */
  public int entry(long fid) throws Exception {
    eviction.beginCall();
    return find(fid, true);
  }

  /**
   * Finds the entries of n features' rows, or {@link #NO_ROW}, valid together; n is at most the
   * capacity.
   *
   * @param fids features, from {@code fids[from]} on
   * @param entries receives the entries
   */
  public void entries(long[] fids, int from, int n, int[] entries) throws Exception {
    entries(fids, from, n, entries, true);
  }

  /** Finds entries of rows that were looked up before and now change: not counted as a use. */
  public void entriesToChange(long[] fids, int from, int n, int[] entries) throws Exception {
    entries(fids, from, n, entries, false);
  }

  private void entries(long[] fids, int from, int n, int[] entries, boolean isUse)
      throws Exception {
    eviction.beginCall();
    for (int i = 0; i < n; i++) {
      entries[i] = index.findAtHome(fids[from + i]); // nothing else: cache misses overlap
    }
    for (int i = 0; i < n; i++) {
      if (entries[i] >= 0) {
        hits++;
        eviction.used(entries[i], isUse);
      }
    }
    for (int i = 0; i < n; i++) {
      entries[i] = entries[i] >= 0 ? entries[i] : find(fids[from + i], isUse);
    }
  }

  private int find(long fid, boolean isUse) throws Exception {
    int entry = index.find(fid);
    if (entry >= 0) {
      hits++;
      eviction.used(entry, isUse);
      return entry;
    }
    misses++;
    StoredRow row = store.get(fid);
    if (row == null || row.isAbsent()) {
      return store.admits(fid) ? fill(freeEntry(), fid, row, isUse) : NO_ROW;
    }
    checkWidth(fid, row);
    return fill(freeEntry(), fid, row, isUse);
  }

  private int fill(int entry, long fid, StoredRow row, boolean isUse) {
    eviction.entered(entry, fid, isUse);
    index.put(fid, entry);
    if (row == null || row.isAbsent()) {
      restart(entry, row == null ? NEW : RENEWED);
    } else {
      System.arraycopy(row.values(), 0, values, at(entry), width);
      history[2 * entry] = row.updates();
      history[2 * entry + 1] = row.lastSeen();
      generations[entry] = row.generation();
    }
    return entry;
  }

  /** Returns the entry of a cached feature, or {@link #NO_ROW}; not counted as a use. */
  public int peek(long fid) {
    return index.find(fid);
  }

  /** Starts a row for a feature that had none, and returns its entry. */
  public int start(long fid, StoredRow known) throws Exception {
    eviction.beginCall();
    return fill(freeEntry(), fid, known, true);
  }

  /** Resets an entry to the row that its feature starts with; nothing is written back. */
  public void restart(int entry, int generation) {
    store.start(index.fid(entry), values, at(entry));
    history[2 * entry] = 0;
    history[2 * entry + 1] = Long.MIN_VALUE;
    generations[entry] = generation;
    if (dirty.contains(entry)) {
      dirty.remove(entry);
    }
  }

  /** Drops an entry's row without writing it back. */
  public void remove(int entry) {
    index.remove(entry);
    if (dirty.contains(entry)) {
      dirty.remove(entry);
    }
    eviction.left(entry);
    if (freed == free.length) {
      free = Arrays.copyOf(free, Math.max(16, 2 * freed));
    }
    free[freed++] = entry;
  }

  private void checkWidth(long fid, StoredRow row) {
    if (row.values().length != width) {
      throw new RefusedException(
          "the restored state holds rows of "
              + row.values().length
              + " floats (feature "
              + fid
              + "), but the configured embedding size and optimizers make "
              + width);
    }
  }

  /** All rows; an entry's row begins at {@link #at}. */
  public float[] values() {
    return values;
  }

  public int at(int entry) {
    return entry * width;
  }

  public long updates(int entry) {
    return history[2 * entry];
  }

  public long lastSeen(int entry) {
    return history[2 * entry + 1];
  }

  public int generation(int entry) {
    return generations[entry];
  }

  public void generation(int entry, int generation) {
    generations[entry] = generation;
  }

  /** Marks an entry as changed by so many occurrences. */
  public void changed(int entry, int occurrences, long time, long now) {
    history[2 * entry] += occurrences;
    history[2 * entry + 1] = Math.max(history[2 * entry + 1], time);
    dirty.add(entry, now);
  }

  /** Writes back up to {@code most} rows that have been dirty since {@code time} or longer. */
  public void writeBackDirtySince(long time, int most) throws Exception {
    for (int i = 0; i < most; i++) {
      int oldest = dirty.oldest();
      if (oldest == DirtyEntries.NONE || dirty.since(oldest) > time) {
        return;
      }
      writeBack(oldest);
    }
  }

  /** Writes back every dirty row. */
  public void writeBackAll() throws Exception {
    while (dirty.oldest() != DirtyEntries.NONE) {
      writeBack(dirty.oldest());
    }
  }

  public int capacity() {
    return capacity;
  }

  public int size() {
    return size - freed;
  }

  /** Heap size. */
  public long bytes() {
    long perEntry = (long) Float.BYTES * width + 2 * Long.BYTES + Integer.BYTES;
    return generations.length * perEntry + index.bytes() + dirty.bytes() + eviction.bytes();
  }

  public long hits() {
    return hits;
  }

  public long misses() {
    return misses;
  }

  private void writeBack(int entry) throws Exception {
    float[] row = Arrays.copyOfRange(values, at(entry), at(entry) + width);
    int generation = Math.max(0, generations[entry]);
    store.save(
        index.fid(entry),
        new StoredRow(history[2 * entry], history[2 * entry + 1], generation, row));
    dirty.remove(entry);
  }

  private int freeEntry() throws Exception {
    if (freed > 0) {
      return free[--freed];
    }
    if (size == capacity) {
      return evict();
    }
    if (size == generations.length) {
      grow(nextSize());
    }
    return size++;
  }

  /**
   * Twice the size. A cache that is meant to be large goes from an eighth to all of its capacity:
   * growing holds the old slab and the new one, and the heap would be too small for three halves.
   */
  private int nextSize() {
    return capacity > LARGE && size >= capacity / 8
        ? capacity
        : (int) Math.min(capacity, 2L * size);
  }

  private int evict() throws Exception {
    int entry = eviction.next(size);
    if (dirty.contains(entry)) {
      writeBack(entry);
    }
    eviction.evicted(entry, index.fid(entry));
    index.remove(entry);
    return entry;
  }

  private void grow(int entries) {
    index.grow(entries);
    dirty.grow(entries);
    values = Arrays.copyOf(values, entries * width);
    history = Arrays.copyOf(history, 2 * entries);
    eviction.grow(entries);
    generations = Arrays.copyOf(generations, entries);
  }
}
