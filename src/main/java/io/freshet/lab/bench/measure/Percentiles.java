package io.freshet.lab.bench.measure;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/** Durations in order of length. */
public final class Percentiles {
  private final long[] nanos;

  public Percentiles(List<Duration> durations) {
    nanos = durations.stream().mapToLong(Duration::toNanos).sorted().toArray();
    if (nanos.length == 0) {
      throw new IllegalArgumentException("no durations");
    }
  }

  /** Those of several. */
  static Percentiles of(List<Percentiles> all) {
    return new Percentiles(
        all.stream().flatMap(p -> Arrays.stream(p.nanos).mapToObj(Duration::ofNanos)).toList());
  }

  public int size() {
    return nanos.length;
  }

  /** Milliseconds that a share of the durations, from 0 to 1, does not exceed. */
  public double millis(double share) {
    int rank = (int) Math.ceil(share * nanos.length);
    return nanos[Math.max(0, rank - 1)] / 1e6;
  }
}
