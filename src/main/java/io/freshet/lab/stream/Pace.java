package io.freshet.lab.stream;

import java.util.concurrent.TimeUnit;

/** Limits records to so many a second of real time, counted from the first. */
final class Pace {
  private static final long SHORTEST_SLEEP = TimeUnit.MILLISECONDS.toNanos(2);

  private final double perSecond;
  private final long start = System.nanoTime();
  private long passed;

  Pace(double perSecond) {
    if (!(perSecond > 0)) {
      throw new IllegalArgumentException("rate: " + perSecond + " is not above 0");
    }
    this.perSecond = perSecond;
  }

  void await() throws InterruptedException {
    long due = start + (long) (passed++ / perSecond * 1e9);
    long ahead = due - System.nanoTime();
    if (ahead > SHORTEST_SLEEP) {
      TimeUnit.NANOSECONDS.sleep(ahead);
    } else if (Thread.interrupted()) {
      throw new InterruptedException("while pacing records");
    }
  }
}
