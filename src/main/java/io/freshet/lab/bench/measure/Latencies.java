package io.freshet.lab.bench.measure;

import java.time.Duration;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/** How long requests took, to a thousandth. Thread-safe. */
public final class Latencies {
  private final Histogram nanos = new ConcurrentHistogram(3);

  public void add(Duration took) {
    nanos.recordValue(Math.max(0, took.toNanos()));
  }

  public long size() {
    return nanos.getTotalCount();
  }

  /** Milliseconds that so many percent of the requests do not exceed. */
  public double millis(double percent) {
    return nanos.getValueAtPercentile(percent) / 1e6;
  }
}
