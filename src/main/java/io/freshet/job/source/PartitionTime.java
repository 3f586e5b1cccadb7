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
 *   <li>The start is taken from the median of the first {@value #VOTES} events.
 *   <li>An event within the tolerance of the newest moves time at once.
 *   <li>One further ahead is a leap: after a pause of the stream, or by a wrong clock. Leaps are
 *       followed when they outnumber the other events by {@value #VOTES}, or have not lost ground
 *       to them in {@value #LOOKS} looks, since a slow stream must not wait for so many.
 * </ul>
 *
 * Where leaps are not followed, their events still go on; they only do not move time.
 */
final class PartitionTime {
  static final int VOTES = 1000;
  static final int LOOKS = 15; // every 200 ms: 3 s
  static final long UNKNOWN = Long.MIN_VALUE;

  /** What a leap is at least, in milliseconds. */
  static final long LEAST_LEAP = 60_000;

  private final long tolerance;
  private long[] first = new long[VOTES]; // null once the start is known
  private int sample;
  private long newest = UNKNOWN;
  private int lead; // of leaps over other events
  private long nearestLeap = Long.MAX_VALUE;
  private int looks;
  private int leadAtLook;

  /**
   * @param start where it is known, epoch milliseconds; {@link #UNKNOWN} otherwise
   */
  PartitionTime(long outOfOrderness, long start) {
    tolerance = Math.max(outOfOrderness, LEAST_LEAP);
    if (start != UNKNOWN) {
      newest = start;
      first = null;
    }
  }

  /** Epoch milliseconds; {@link #UNKNOWN} at the beginning. */
  long newest() {
    return newest;
  }

  /** Moves to a time unless it is a leap, for an event that is still to come. */
  boolean advanceTo(long time) {
    if (first != null || time > newest + tolerance) {
      return false;
    }
    newest = Math.max(newest, time);
    return true;
  }

  void event(long time) {
    if (first != null) {
      first[sample++] = time;
      if (sample == VOTES) {
        begin();
      }
    } else if (advanceTo(time)) {
      lead = Math.max(0, lead - 1);
      nearestLeap = lead == 0 ? Long.MAX_VALUE : nearestLeap;
    } else {
      nearestLeap = Math.min(nearestLeap, time);
      if (++lead == VOTES) {
        follow();
      }
    }
  }

  /** Called periodically, while the task is not blocked. */
  void look() {
    int waiting = first == null ? lead : sample;
    looks = waiting > 0 && waiting >= leadAtLook ? looks + 1 : 0;
    leadAtLook = waiting;
    if (looks < LOOKS) {
      return;
    }
    if (first == null) {
      follow();
    } else {
      begin();
    }
  }

  private void begin() {
    Arrays.sort(first, 0, sample);
    long limit = first[(sample - 1) / 2] + tolerance;
    for (int i = 0; i < sample && first[i] <= limit; i++) {
      newest = first[i];
    }
    first = null;
    restart();
  }

  private void follow() {
    newest = nearestLeap;
    restart();
  }

  private void restart() {
    lead = 0;
    nearestLeap = Long.MAX_VALUE;
    looks = 0;
    leadAtLook = 0;
  }
}
