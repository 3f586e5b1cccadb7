package io.freshet.train.table.cache;

import java.util.Arrays;

/**
 * Finds the entry of a feature's row: open addressing with linear probing over a primitive array,
 * at most half full. A place is two longs, the feature and its entry, so that a lookup in a large
 * table costs one cache miss.
 */
final class EntryIndex {
  private static final long SPREAD = 0x9E3779B97F4A7C15L;

  private long[] fids; // by entry
  private long[] places; // fid, entry + 1; fid, entry + 1; …; an entry of 0 marks an empty place
  private int shift;

  EntryIndex(int entries) {
    fids = new long[entries];
    allocatePlaces();
  }

  /** The entry of a feature, or -1. */
  int find(long fid) {
    return (int) places[placeOf(fid) + 1] - 1;
  }

  /**
   * The entry of a feature that is at its first place; -1 for others, which {@link #find} finds.
   */
  int findAtHome(long fid) {
    int place = home(fid);
    return places[place] == fid ? (int) places[place + 1] - 1 : -1;
  }

  /** The feature of an entry in use. */
  long fid(int entry) {
    return fids[entry];
  }

  /** Gives a free entry to a feature that has none. */
  void put(long fid, int entry) {
    fids[entry] = fid;
    place(fid, entry);
  }

  /** Frees an entry and moves up what linear probing put behind its place (Knuth 6.4, R). */
  void remove(int entry) {
    int mask = places.length - 1;
    int empty = placeOf(fids[entry]);
    places[empty + 1] = 0;
    for (int next = empty + 2 & mask; places[next + 1] != 0; next = next + 2 & mask) {
      int home = home(places[next]);
      if ((next - home & mask) >= (next - empty & mask)) {
        places[empty] = places[next];
        places[empty + 1] = places[next + 1];
        places[next + 1] = 0;
        empty = next;
      }
    }
  }

  /** Heap size. */
  long bytes() {
    return (long) Long.BYTES * (fids.length + places.length);
  }

  /** Makes room for more entries, when all are in use. */
  void grow(int entries) {
    int used = fids.length;
    fids = Arrays.copyOf(fids, entries);
    allocatePlaces();
    for (int entry = 0; entry < used; entry++) {
      place(fids[entry], entry);
    }
  }

  private void place(long fid, int entry) {
    int place = placeOf(fid);
    places[place] = fid;
    places[place + 1] = 1L + entry;
  }

  private void allocatePlaces() {
    int length = Integer.highestOneBit(Math.max(8, fids.length) * 2 - 1) << 1;
    places = new long[2 * length];
    shift = 64 - Integer.numberOfTrailingZeros(length);
  }

  /** Index in {@code places} of the feature, or of the empty place for it. */
  private int placeOf(long fid) {
    int mask = places.length - 1;
    int place = home(fid);
    while (places[place + 1] != 0 && places[place] != fid) {
      place = place + 2 & mask;
    }
    return place;
  }

  private int home(long fid) {
    return 2 * (int) (fid * SPREAD >>> shift);
  }
}
