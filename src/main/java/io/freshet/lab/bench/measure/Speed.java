package io.freshet.lab.bench.measure;

import java.time.Duration;

/**
 * How fast something went.
 *
 * @param perSecond by the clock on the wall
 * @param perCpuSecond by the time that this process had a core, so that neighbors do not count
 */
public record Speed(double perSecond, double perCpuSecond) {

  /** Work that is done a piece at a time. */
  public interface Work {
    /** Does a piece; returns how much it was. */
    double piece() throws InterruptedException;
  }

  /** Does pieces of work for so long. */
  public static Speed of(Duration length, Work work) throws InterruptedException {
    Mark mark = mark();
    double done = 0;
    while (System.nanoTime() - mark.start() < length.toNanos()) {
      done += work.piece();
    }
    return mark.since(done);
  }

  /** The present, for later. */
  public static Mark mark() {
    return new Mark(System.nanoTime(), cpu());
  }

  /**
   * When something began.
   *
   * @param start as {@link System#nanoTime} has it
   * @param cpu time that this process had a core until then
   */
  public record Mark(long start, Duration cpu) {

    /** The speed of having done so much since. */
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
