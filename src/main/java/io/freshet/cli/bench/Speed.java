package io.freshet.cli.bench;

import java.time.Duration;

/**
 * How fast something went.
 *
 * @param perSecond by the clock on the wall
 * @param perCpuSecond by the time that this process had a core, so that neighbours do not count
 */
record Speed(double perSecond, double perCpuSecond) {

  /** Work that is done a piece at a time. */
  interface Work {
    /** Does a piece; returns how much it was. */
    double piece() throws InterruptedException;
  }

  /** Does pieces of work for so long. */
  static Speed of(Duration length, Work work) throws InterruptedException {
    Duration cpu = cpu();
    long start = System.nanoTime();
    double done = 0;
    while (System.nanoTime() - start < length.toNanos()) {
      done += work.piece();
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    return new Speed(done / seconds, done / (cpu().minus(cpu).toNanos() / 1e9));
  }

  private static Duration cpu() {
    return ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO);
  }

  Speed dividedBy(double divisor) {
    return new Speed(perSecond / divisor, perCpuSecond / divisor);
  }
}
