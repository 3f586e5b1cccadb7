package io.freshet.train.table;

import java.util.Arrays;

/**
 * Finds the slot that holds a feature's row: open addressing with linear probing over a primitive
 * array, at most half full. A place is two longs, the feature and its slot, so that looking one up
 * in a large table waits for memory once.
 */
final class SlotIndex {
  private static final long SPREAD = 0x9E3779B97F4A7C15L;

  private long[] fids; // by slot
  private long[] places; // fid, slot + 1; fid, slot + 1; …; a slot of 0 marks an empty place
  private int shift;

  SlotIndex(int slots) {
    fids = new long[slots];
    allocatePlaces();
  }

  /** The slot of a feature, or -1. */
  int find(long fid) {
    return (int) places[placeOf(fid) + 1] - 1;
  }

  /** The slot of a feature that was never pushed from its first place; else -1: {@link #find}. */
  int findAtHome(long fid) {
    int place = home(fid);
    return places[place] == fid ? (int) places[place + 1] - 1 : -1;
  }

  /** The feature that a slot in use holds. */
  long fid(int slot) {
    return fids[slot];
  }

  /** Gives a free slot to a feature that has none. */
  void put(long fid, int slot) {
    fids[slot] = fid;
    place(fid, slot);
  }

  /** Frees a slot, moving up what linear probing had pushed behind its place (Knuth 6.4, R). */
  void remove(int slot) {
    int mask = places.length - 1;
    int empty = placeOf(fids[slot]);
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

  /** What it takes of the heap. */
  long bytes() {
    return (long) Long.BYTES * (fids.length + places.length);
  }

  /** Makes room for more slots, when all so far are in use. */
  void grow(int slots) {
    int used = fids.length;
    fids = Arrays.copyOf(fids, slots);
    allocatePlaces();
    for (int slot = 0; slot < used; slot++) {
      place(fids[slot], slot);
    }
  }

  private void place(long fid, int slot) {
    int place = placeOf(fid);
    places[place] = fid;
    places[place + 1] = 1L + slot;
  }

  private void allocatePlaces() {
    int length = Integer.highestOneBit(Math.max(8, fids.length) * 2 - 1) << 1;
    places = new long[2 * length];
    shift = 64 - Integer.numberOfTrailingZeros(length);
  }

  /** Where the feature stands in {@code places}, or the empty place for it. */
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
