package io.freshet.train;

import java.util.Arrays;

/**
 * Finds the slot that holds a feature's row: open addressing with linear probing over primitive
 * arrays, at most half full.
 */
final class SlotIndex {
  private static final long SPREAD = 0x9E3779B97F4A7C15L;

  private long[] fids; // by slot
  private int[] places; // hash place → slot + 1, 0 where empty
  private int shift;

  SlotIndex(int slots) {
    fids = new long[slots];
    allocatePlaces();
  }

  /** The slot of a feature, or -1. */
  int find(long fid) {
    return places[placeOf(fid)] - 1;
  }

  /** The feature that a slot in use holds. */
  long fid(int slot) {
    return fids[slot];
  }

  /** Gives a free slot to a feature that has none. */
  void put(long fid, int slot) {
    fids[slot] = fid;
    places[placeOf(fid)] = slot + 1;
  }

  /** Frees a slot, moving up what linear probing had pushed behind its place (Knuth 6.4, R). */
  void remove(int slot) {
    int mask = places.length - 1;
    int empty = placeOf(fids[slot]);
    places[empty] = 0;
    for (int next = empty + 1 & mask; places[next] != 0; next = next + 1 & mask) {
      int home = home(fids[places[next] - 1]);
      if ((next - home & mask) >= (next - empty & mask)) {
        places[empty] = places[next];
        places[next] = 0;
        empty = next;
      }
    }
  }

  /** Makes room for more slots, when all so far are in use. */
  void grow(int slots) {
    int used = fids.length;
    fids = Arrays.copyOf(fids, slots);
    allocatePlaces();
    for (int slot = 0; slot < used; slot++) {
      places[placeOf(fids[slot])] = slot + 1;
    }
  }

  private void allocatePlaces() {
    int length = Integer.highestOneBit(Math.max(8, fids.length) * 2 - 1) << 1;
    places = new int[length];
    shift = 64 - Integer.numberOfTrailingZeros(length);
  }

  private int placeOf(long fid) {
    int mask = places.length - 1;
    int place = home(fid);
    while (places[place] != 0 && fids[places[place] - 1] != fid) {
      place = place + 1 & mask;
    }
    return place;
  }

  private int home(long fid) {
    return (int) (fid * SPREAD >>> shift);
  }
}
