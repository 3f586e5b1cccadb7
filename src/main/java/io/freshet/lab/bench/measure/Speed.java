package io.freshet.lab.bench.measure;

import java.time.Duration;

/**
 * A speed.
 *
 * @param perCpuSecond by CPU time of this process, so that neighbors do not count
 */
public record Speed(double perSecond, double perCpuSecond) {

  /** Work in pieces. */
  public interface Work {
    /** Does a piece; returns how much it was. */
    double piece() throws InterruptedException;
  }

  /** Repeats pieces for a duration. */
  public static Speed of(Duration length, Work work) throws InterruptedException {
    Mark mark = mark();
    double done = 0;
    while (System.nanoTime() - mark.start() < length.toNanos()) {
      done += work.piece();
    }
    return mark.since(done);
  }

  public static Mark mark() {
    return new Mark(System.nanoTime(), cpu());
  }

  /** A start time, and the CPU time of this process until then. */
  public record Mark(long start, Duration cpu) {

    public Speed since(double done) {
      double seconds = (System.nanoTime() - start) / 1e9;
      return new Speed(done / seconds, done / (Speed.cpu().minus(cpu).toNanos() / 1e9));
    }
  }

  private static Duration cpu() {
    return ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO);
  }

  public Speed dividedBy(double divisor) {
    return new Speed(perSecond / divisor, perCpuSecond / divisor);
  }

  public Speed meanWith(Speed other) {
    return new Speed((perSecond + other.perSecond) / 2, (perCpuSecond + other.perCpuSecond) / 2);
  }
}
