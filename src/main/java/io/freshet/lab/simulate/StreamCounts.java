package io.freshet.lab.simulate;

/**
 * What an {@link AdStream} has decided on so far; exact once it has ended.
 *
 * @param impressions distinct good ones: what a learner learns from
 * @param clicks distinct, within the window
 * @param lateClicks distinct, after it
 * @param duplicates impressions and clicks that come a second time
 * @param malformed bad records, in both topics together
 */
public record StreamCounts(
    long impressions, long clicks, long lateClicks, long duplicates, long malformed) {

  public long records() {
    return impressions + clicks + lateClicks + duplicates + malformed;
  }

  /** Counters written by one thread and read by others. */
  static final class Live {
    private long impressions;
    private long clicks;
    private long lateClicks;
    private long duplicates;
    private long malformed;

    synchronized void impression() {
      impressions++;
    }

    synchronized void click(boolean late) {
      if (late) {
        lateClicks++;
      } else {
        clicks++;
      }
    }

    synchronized void duplicate() {
      duplicates++;
    }

    synchronized void malformed() {
      malformed++;
    }

    synchronized long impressions() {
      return impressions;
    }

    synchronized StreamCounts counts() {
      return new StreamCounts(impressions, clicks, lateClicks, duplicates, malformed);
    }
  }
}
