package io.freshet.job.source;

import java.util.Arrays;

/**
 * How far event time has come in one partition: the newest event, without those that are far ahead
 * of most others.
 *
 * <p>A producer with a fast clock writes wrong event times and wrong Kafka timestamps alike, so one
 * record cannot be judged by itself. It is judged by the others of its partition, in the order of
 * their offsets, which is the same in a replay:
 *
 * <ul>
 *   <li>An event within the tolerance of the newest moves time at once.
 *   <li>One further ahead is a leap: at the start, after a pause of the stream, or by a wrong
 *       clock. Leaps are followed when they outnumber the other events by {@value #VOTES}, or have
 *       not lost ground to them in {@value #LOOKS} looks, since a slow stream must not wait for so
 *       many.
 *   <li>Then time goes on from the median of the leaps.
 * </ul>
 *
 * While leaps are not followed, their events still go on; they only do not move time.
 */
final class PartitionTime {
  static final int VOTES = 1000;
  static final int LOOKS = 15; // every 200 ms: 3 s
  static final long UNKNOWN = Long.MIN_VALUE;

  /** What a leap is at least, in milliseconds. */
  static final long LEAST_LEAP = 60_000;

  private final long tolerance;
  private final long[] leaps = new long[VOTES];
  private long newest;
  private int lead; // of leaps over other events, and how many are kept
  private int looks;
  private int leadAtLook;

  /**
   * @param start where it is known, epoch milliseconds; {@link #UNKNOWN} otherwise
   */
  PartitionTime(long outOfOrderness, long start) {
    tolerance = Math.max(outOfOrderness, LEAST_LEAP);
    newest = start;
  }

  /** Epoch milliseconds; {@link #UNKNOWN} at the beginning. */
  long newest() {
    return newest;
  }

  /** Moves to a time unless that is a leap. */
  boolean advanceTo(long time) {
    if (newest == UNKNOWN || time > newest + tolerance) {
      return false;
    }
    newest = Math.max(newest, time);
    return true;
  }

  void event(long time) {
    if (advanceTo(time)) {
      lead = Math.max(0, lead - 1);
    } else {
      leaps[lead++] = time;
      if (lead == VOTES) {
        follow();
      }
    }
  }

  /** Called periodically, while the task is not blocked. */
  void look() {
    looks = lead > 0 && lead >= leadAtLook ? looks + 1 : 0;
    leadAtLook = lead;
    if (looks == LOOKS) {
      follow();
    }
  }

  /** What {@link #newest} is going to be if no event follows. */
  long settled() {
    PartitionTime later = new PartitionTime(tolerance, newest);
    System.arraycopy(leaps, 0, later.leaps, 0, lead);
    later.lead = lead;
    while (later.lead > 0) {
      later.follow();
    }
    return later.newest;
  }

  private void follow() {
    long[] sorted = Arrays.copyOf(leaps, lead);
    Arrays.sort(sorted);
    newest = sorted[(lead - 1) / 2];
    int all = lead;
    lead = 0;
    for (int i = 0; i < all; i++) {
      if (!advanceTo(leaps[i])) {
        leaps[lead++] = leaps[i];
      }
    }
    looks = 0;
    leadAtLook = 0;
  }
}
