package io.freshet.join.policy;

import java.util.Arrays;

/**
 * How long after their impressions clicks come: counts by delay, in bins a sixteenth of an octave
 * wide, 4 KB.
 *
 * <p>The share of clicks later than a wait is read from it; within a bin delays count as spread
 * evenly, which is off by far less than a thousandth for any smooth law of delays. It starts from
 * {@value #PRIOR} clicks that are all later, so that before anything is known the share is near 1:
 * every impression's label is then taken as unknown, which is the careful side.
 *
 * <p>A stream that has just begun shows only quick clicks. So clicks count from the time on at
 * which the slowest that can come would have had its chance: a window after the first. And when
 * there are {@value #MAX_CLICKS}, all counts are halved: the histogram follows a change within that
 * many.
 */
public final class DelayHistogram {
  static final double PRIOR = 50;
  static final double MAX_CLICKS = 1 << 17;

  private static final int PER_OCTAVE = 16;
  private static final int BINS = 40 * PER_OCTAVE; // up to 34 years

  private final long window;
  private final double[] counts = new double[BINS];
  private double total;
  private long first = Long.MAX_VALUE; // time of the first click seen

  /**
   * @param window the longest delay that is seen, in milliseconds
   */
  public DelayHistogram(long window) {
    this.window = window;
  }

  /** Adds a click at a time, so long after its impression, in milliseconds. */
  public void add(long time, long delay) {
    first = Math.min(first, time);
    if (time < first + window) {
      return;
    }
    counts[bin(Math.max(1, delay))]++;
    total++;
    if (total >= MAX_CLICKS) {
      Arrays.setAll(counts, i -> counts[i] / 2);
      total /= 2;
    }
  }

  /** Share of the clicks that come later than the wait, in milliseconds. */
  public double laterThan(long wait) {
    int bin = bin(Math.max(1, wait));
    double share = (wait + 1 - edge(bin)) / (edge(bin + 1) - edge(bin)); // of the bin, up to wait
    double later = counts[bin] * (1 - Math.min(1, Math.max(0, share)));
    for (int i = bin + 1; i < BINS; i++) {
      later += counts[i];
    }
    return (later + PRIOR) / (total + PRIOR);
  }

  /** The delay in milliseconds that a share of the clicks keep within; not a number before any. */
  public double within(double share) {
    double left = share * total;
    for (int i = 0; i < BINS && total > 0; i++) {
      if (counts[i] > 0 && left <= counts[i]) {
        return edge(i) + left / counts[i] * (edge(i + 1) - edge(i));
      }
      left -= counts[i];
    }
    return Double.NaN;
  }

  /** Clicks counted, those that were halved away not. */
  double clicks() {
    return total;
  }

  /** A copy, for the checkpoint: the time of the first click, then the counts. */
  public double[] toArray() {
    double[] array = Arrays.copyOf(counts, BINS + 1);
    array[BINS] = first;
    return array;
  }

  /** Adds a share of what a subtask had counted in an earlier life. */
  public void addAll(double[] others, double share) {
    for (int i = 0; i < BINS; i++) {
      counts[i] += share * others[i];
      total += share * others[i];
    }
    first = Math.min(first, (long) others[BINS]);
  }

  private static int bin(long delay) {
    int bin = (int) (PER_OCTAVE * Math.log(delay) / Math.log(2));
    return Math.min(BINS - 1, bin);
  }

  private static double edge(int bin) {
    return Math.pow(2, (double) bin / PER_OCTAVE);
  }
}
