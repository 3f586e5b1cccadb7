package io.freshet.event.registry;

/**
 * How often ids may still be asked for that turn out to have no schema: a burst, and then so many a
 * second. Bytes that are no events look like ids without number, and a registry serves others too.
 */
final class AbsenceBudget {
  static final int BURST = 100;
  static final int PER_SECOND = 10;

  private double left = BURST;
  private long last;

  /**
   * @param now on the clock of nanoseconds that goes on all the time
   */
  AbsenceBudget(long now) {
    last = now;
  }

  boolean isSpent(long now) {
    left = Math.min(BURST, left + (now - last) / 1e9 * PER_SECOND);
    last = now;
    return left < 1;
  }

  /** Counts an id that had no schema. */
  void spend() {
    left--;
  }
}
