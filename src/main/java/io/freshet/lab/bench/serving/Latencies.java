package io.freshet.lab.bench.serving;

import java.time.Duration;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/** Latencies, to a thousandth. Thread-safe. */
public final class Latencies {
  private final Histogram nanos = new ConcurrentHistogram(3);

  public void add(Duration took) {
    nanos.recordValue(Math.max(0, took.toNanos()));
  }

  public long size() {
    return nanos.getTotalCount();
  }

  /** A percentile in milliseconds. */
  public double millis(double percent) {
    return nanos.getValueAtPercentile(percent) / 1e6;
  }
}
