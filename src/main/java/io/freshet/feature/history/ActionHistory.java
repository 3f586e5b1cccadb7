package io.freshet.feature.history;

import static java.util.Objects.requireNonNull;

import java.util.Arrays;

/**
 * What one user did, for one sequence: a value and a time for each action, oldest first; those of
 * one time by their values, so that the order in which they are added does not matter.
 *
 * <p>The arrays belong to the history and must not be written to.
 *
 * @param times epoch milliseconds
 * @param values one for each of {@code times}
 */
public record ActionHistory(long[] times, long[] values) {
  /** No actions. */
  public static final ActionHistory NONE = new ActionHistory(new long[0], new long[0]);

  public ActionHistory {
    requireNonNull(times, "times");
    requireNonNull(values, "values");
    if (times.length != values.length) {
      throw new IllegalArgumentException(times.length + " times but " + values.length + " values");
    }
  }

  public int size() {
    return times.length;
  }

  /** When the last action was; the beginning of time without one. */
  public long newest() {
    return size() == 0 ? Long.MIN_VALUE : times[size() - 1];
  }

  /** The newest, if there are more. */
  public ActionHistory last(int most) {
    int first = size() - most;
    return first <= 0 ? this : from(first);
  }

  /** Returns a copy with one more. */
  ActionHistory with(long time, long value) {
    int at = size();
    while (at > 0 && (times[at - 1] > time || times[at - 1] == time && values[at - 1] > value)) {
      at--;
    }
    return new ActionHistory(inserted(times, at, time), inserted(values, at, value));
  }

  /** The values of the last actions before a time and not before another, newest first. */
  long[] before(long time, long since, int most) {
    int end = countBefore(time);
    int first = Math.max(end - most, Math.min(end, countBefore(since)));
    long[] newest = new long[end - first];
    for (int i = 0; i < newest.length; i++) {
      newest[i] = values[end - 1 - i];
    }
    return newest;
  }

  /**
   * Without what no question asks for any more.
   *
   * @param from time of the earliest question to come
   * @param since actions before it are too old for that question
   * @param length how many a question asks for
   * @param most how many there may be at all; the oldest are left out
   */
  ActionHistory pruned(long from, long since, int length, int most) {
    int asked = Math.max(countBefore(from) - length, countBefore(since));
    int first = Math.max(asked, size() - most);
    return first <= 0 ? this : from(first);
  }

  private ActionHistory from(int first) {
    return new ActionHistory(
        Arrays.copyOfRange(times, first, size()), Arrays.copyOfRange(values, first, size()));
  }

  private int countBefore(long time) {
    int count = size();
    while (count > 0 && times[count - 1] >= time) {
      count--;
    }
    return count;
  }

  private static long[] inserted(long[] array, int at, long item) {
    long[] longer = Arrays.copyOf(array, array.length + 1);
    System.arraycopy(array, at, longer, at + 1, array.length - at);
    longer[at] = item;
    return longer;
  }
}
