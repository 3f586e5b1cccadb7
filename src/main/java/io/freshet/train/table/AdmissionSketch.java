package io.freshet.train.table;

import io.freshet.train.state.KeyGroups;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Optional;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.streaming.api.operators.KeyContext;

/**
 * Counts how often features occurred in memory that does not grow with them: one count-min sketch
 * for each key group (Cormode and Muthukrishnan 2005), of {@value #ROWS} rows of one-byte counters.
 * A feature has a counter in each row, found by a hash; only the least of them are raised
 * (conservative update, Estan and Varghese 2002), and the least is the estimate: never below the
 * true count, above it where others share all its counters.
 *
 * <p>So that a stream without end does not fill it, all counters are halved whenever as many
 * occurrences as a row has counters were counted (the aging of TinyLFU, Einziger et al. 2017): what
 * occurred seldom and long ago is forgotten, and a counter is seldom shared.
 *
 * <p>Kept in keyed state, a group's counters under the key of the group, written ahead of a barrier
 * where they changed. Counters of another size, from another configuration, are left behind.
 */
final class AdmissionSketch {
  private static final int ROWS = 4;
  private static final int LEAST_WIDTH = 64;
  private static final long SPREAD = 0x9E3779B97F4A7C15L;

  private final KeyGroups groups;
  private final KeyContext context;
  private final ValueState<byte[]> state;
  private final int width; // counters of a row, a power of two
  private final byte[][] counters; // by place of the group, row after row
  private final int[] counted; // by place of the group, occurrences since the counters were halved
  private final BitSet changed = new BitSet();

  /**
   * Goes on from the state.
   *
   * @param bytes of the counters of all groups of all shards
   */
  AdmissionSketch(KeyGroups groups, KeyContext context, ValueState<byte[]> state, int bytes)
      throws Exception {
    this.groups = groups;
    this.context = context;
    this.state = state;
    width = Math.max(LEAST_WIDTH, Integer.highestOneBit(bytes / groups.all() / ROWS));
    counters = new byte[groups.size()][ROWS * width];
    counted = new int[groups.size()];
    for (int group : groups.own().toArray()) {
      context.setCurrentKey(groups.key(group));
      Optional.ofNullable(state.value())
          .filter(stored -> stored.length == ROWS * width + Integer.BYTES)
          .ifPresent(stored -> restore(groups.place(group), stored));
    }
  }

  private void restore(int group, byte[] stored) {
    counters[group] = Arrays.copyOf(stored, ROWS * width);
    counted[group] = ByteBuffer.wrap(stored).getInt(ROWS * width);
  }

  /** Counts occurrences of a feature; returns how often it occurred, or somewhat more. */
  int add(long fid, int occurrences) {
    int group = groups.place(groups.of(fid));
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

  /** Writes what changed to state. */
  void write() throws Exception {
    int first = groups.own().min().getAsInt();
    for (int group = changed.nextSetBit(0); group >= 0; group = changed.nextSetBit(group + 1)) {
      context.setCurrentKey(groups.key(first + group));
      byte[] stored = Arrays.copyOf(counters[group], ROWS * width + Integer.BYTES);
      ByteBuffer.wrap(stored).putInt(ROWS * width, counted[group]);
      state.update(stored);
    }
    changed.clear();
  }

  /** What it takes of the heap. */
  long bytes() {
    return (long) counters.length * ROWS * width;
  }
}
