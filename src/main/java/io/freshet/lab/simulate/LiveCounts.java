package io.freshet.lab.simulate;

/** Counts of what happens, written by one thread and read by others. */
final class LiveCounts {
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
