package io.freshet.train.table;

import io.freshet.train.state.KeyGroups;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.BitSet;

/**
 * Counts how often features occurred in memory that does not grow with them: one count-min sketch
 * for each key group (Cormode and Muthukrishnan 2005), of {@value #ROWS} rows of one-byte counters.
 * A feature has a counter in each row, found by a hash; only the least of them are raised
 * (conservative update, Estan and Varghese 2002), and the least is the estimate: never below the
 * true count, above it where others share all its counters.
 *
 * <p>So that an endless stream does not fill it, all counters are halved whenever as many
 * occurrences were counted as a row has counters (the aging of TinyLFU, Einziger et al. 2017): what
 * occurred rarely and long ago is forgotten, and a counter is rarely shared.
 *
 * <p>The counters of a key group are in its state, written before a barrier where they changed.
 * Counters of another size, from another configuration, are dropped.
 */
final class AdmissionSketch {
  private static final int ROWS = 4;
  private static final int LEAST_WIDTH = 64;
  private static final long SPREAD = 0x9E3779B97F4A7C15L;

  private final KeyGroups groups;
  private final RowStateStore state;
  private final int width; // counters of a row, a power of two
  private final byte[][] counters; // by place of the group: row after row
  private final int[] counted; // by place of the group, occurrences since the counters were halved
  private final BitSet changed = new BitSet();

  /**
   * Restores the counters.
   *
   * @param bytes size of the counters of all groups of all shards
   */
  AdmissionSketch(RowStateStore state, int bytes) throws Exception {
    this.state = state;
    groups = state.groups();
    width = Math.max(LEAST_WIDTH, Integer.highestOneBit(bytes / groups.all() / ROWS));
    counters = new byte[groups.size()][ROWS * width];
    counted = new int[groups.size()];
    for (int place = 0; place < groups.size(); place++) {
      byte[] stored = state.sketch(groups.first() + place).orElse(new byte[0]);
      if (stored.length == ROWS * width + Integer.BYTES) {
        restore(place, stored);
      }
    }
  }

  private void restore(int group, byte[] stored) {
    counters[group] = Arrays.copyOf(stored, ROWS * width);
    counted[group] = ByteBuffer.wrap(stored).getInt(ROWS * width);
  }

  /** Counts occurrences of a feature; returns how often it occurred, or an estimate above that. */
  int add(long fid, int occurrences) {
    int group = groups.place(groups.groupOf(fid));
    byte[] own = counters[group];
    long hash = fid * SPREAD;
    hash ^= hash >>> 32;
    int raised = Math.min(Byte.MAX_VALUE, least(own, hash) + occurrences);
    for (int row = 0; row < ROWS; row++) {
      int at = place(hash, row);
      own[at] = (byte) Math.max(own[at], raised);
    }
    counted[group] += occurrences;
    if (counted[group] >= width) {
      halve(own);
      counted[group] = 0;
    }
    changed.set(group);
    return raised;
  }

  private int least(byte[] own, long hash) {
    int least = Byte.MAX_VALUE;
    for (int row = 0; row < ROWS; row++) {
      least = Math.min(least, own[place(hash, row)]);
    }
    return least;
  }

  /** Double hashing (Kirsch and Mitzenmacher 2006). */
  private int place(long hash, int row) {
    int one = (int) hash;
    int other = (int) (hash >>> 32) | 1;
    return row * width + (one + row * other & width - 1);
  }

  private static void halve(byte[] own) {
    for (int i = 0; i < own.length; i++) {
      own[i] >>= 1;
    }
  }

  /** Writes the changed groups to state. */
  void write() throws Exception {
    for (int group = changed.nextSetBit(0); group >= 0; group = changed.nextSetBit(group + 1)) {
      byte[] stored = Arrays.copyOf(counters[group], ROWS * width + Integer.BYTES);
      ByteBuffer.wrap(stored).putInt(ROWS * width, counted[group]);
      state.putSketch(groups.first() + group, stored);
    }
    changed.clear();
  }

  /** Heap size. */
  long bytes() {
    return (long) counters.length * ROWS * width;
  }
}
