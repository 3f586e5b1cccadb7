package io.freshet.join;

import java.util.Arrays;

/**
 * When each action on an impression happened, by its place in the {@link LabelDefinition}; the
 * earliest time that counts, where one came several times. Immutable.
 */
public final class ActionTimes {
  public static final ActionTimes NONE = new ActionTimes(new long[0]);

  private static final long ABSENT = Long.MIN_VALUE;

  private final long[] times; // never written to

  private ActionTimes(long[] times) {
    this.times = times;
  }

  public boolean has(int action) {
    return action < times.length && times[action] != ABSENT;
  }

  public long of(int action) {
    if (!has(action)) {
      throw new IllegalStateException("action " + action + " did not happen: " + this);
    }
    return times[action];
  }

  /** The same, but that an action happened at a time. */
  public ActionTimes with(int action, long time) {
    long[] more = Arrays.copyOf(times, Math.max(times.length, action + 1));
    Arrays.fill(more, times.length, more.length, ABSENT);
    more[action] = time;
    return new ActionTimes(more);
  }

  /** One bit for each action that happened. */
  public int bits() {
    int bits = 0;
    for (int action = 0; action < times.length; action++) {
      bits |= has(action) ? 1 << action : 0;
    }
    return bits;
  }

  /** The time of the last; there is one. */
  public long latest() {
    return Arrays.stream(times).max().orElseThrow();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ActionTimes that && Arrays.equals(times, that.times);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(times);
  }

  @Override
  public String toString() {
    return Arrays.toString(times);
  }
}
