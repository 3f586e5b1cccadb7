package io.freshet.lab.demo;

import io.freshet.evaluate.report.Metrics;
import io.freshet.lab.report.plot.Point;
import java.util.ArrayList;
import java.util.List;

/** The progress of a run: the latest figures, and examples a second over time. */
final class DemoProgress {
  private final long start = System.nanoTime();
  private final List<Point> throughput = new ArrayList<>();
  private Metrics window = Metrics.NONE;
  private Metrics sinceStart = Metrics.NONE;
  private long lastMillis;

  void note(MetricsTopic metrics) {
    Metrics now = metrics.sinceStart();
    long more = now.examples() - sinceStart.examples();
    if (more > 0) {
      long millis = millis();
      double seconds = (millis - lastMillis) / 1e3;
      throughput.add(new Point(millis, more / seconds, seconds));
      lastMillis = millis;
      sinceStart = now;
      window = metrics.windows().get(metrics.windows().size() - 1);
    }
  }

  private long millis() {
    return (System.nanoTime() - start) / 1_000_000;
  }

  /** Seconds from the start to the last example noted. */
  double seconds() {
    return lastMillis / 1e3;
  }

  Metrics window() {
    return window;
  }

  Metrics sinceStart() {
    return sinceStart;
  }

  /** Examples a second, by milliseconds since the start. */
  List<Point> throughput() {
    return List.copyOf(throughput);
  }
}
