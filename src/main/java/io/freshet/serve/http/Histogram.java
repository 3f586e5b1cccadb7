package io.freshet.serve.http;

import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;

/** Counts durations by upper bound, as Prometheus does. Thread-safe. */
final class Histogram {
  private static final double[] BOUNDS = {
    .0005, .001, .002, .003, .005, .0075, .01, .015, .025, .05, .1, .25, .5, 1, 2.5, 5, 10
  };
  private static final double NANOS = 1e9;

  private final LongAdder[] counts = new LongAdder[BOUNDS.length + 1];
  private final LongAdder nanos = new LongAdder();

  Histogram() {
    for (int i = 0; i < counts.length; i++) {
      counts[i] = new LongAdder();
    }
  }

  void add(Duration duration) {
    double seconds = duration.toNanos() / NANOS;
    int i = 0;
    while (i < BOUNDS.length && seconds > BOUNDS[i]) {
      i++;
    }
    counts[i].increment();
    nanos.add(duration.toNanos());
  }

  void write(String name, StringBuilder out) {
    long sum = 0;
    for (int i = 0; i < counts.length; i++) {
      sum += counts[i].sum();
      String bound = i < BOUNDS.length ? Double.toString(BOUNDS[i]) : "+Inf";
      out.append("%s_bucket{le=\"%s\"} %d\n".formatted(name, bound, sum));
    }
    out.append("%s_sum %s\n".formatted(name, nanos.sum() / NANOS));
    out.append("%s_count %d\n".formatted(name, sum));
  }
}
