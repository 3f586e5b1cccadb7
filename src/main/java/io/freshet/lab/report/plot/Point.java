package io.freshet.lab.report.plot;

import io.freshet.evaluate.report.Metrics;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * A point of a curve.
 *
 * @param time milliseconds, since the epoch or since the run began
 * @param value NaN for a gap
 * @param weight what it counts when neighbors are joined: its examples
 */
public record Point(long time, double value, double weight) {

  /** A figure of windows as a curve: at each window's start, weighted by its examples. */
  public static List<Point> curve(List<Metrics> windows, ToDoubleFunction<Metrics> figure) {
    return windows.stream()
        .map(of -> new Point(of.from(), figure.applyAsDouble(of), of.examples()))
        .toList();
  }

  /** Joins neighbors into their weighted means. */
  public static List<Point> join(List<Point> points, int neighbors) {
    List<Point> joined = new ArrayList<>();
    for (int i = 0; i < points.size(); i += neighbors) {
      joined.add(mean(points.subList(i, Math.min(points.size(), i + neighbors))));
    }
    return joined;
  }

  private static Point mean(List<Point> points) {
    double weights = 0;
    double sum = 0;
    for (Point point : points) {
      if (Double.isFinite(point.value)) {
        weights += point.weight;
        sum += point.weight * point.value;
      }
    }
    return points.size() == 1
        ? points.get(0)
        : new Point(points.get(points.size() / 2).time, sum / weights, weights);
  }
}
