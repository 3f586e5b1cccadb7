package io.freshet.lab.report.plot;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * One or two curves over a common time axis.
 *
 * @param ceiling values above it are drawn at it, so that a few do not flatten the others
 * @param reference a value with its own line
 * @param joined how many measured values a point is the mean of
 */
public record Chart(
    String name,
    List<Series> series,
    TimeAxis axis,
    int decimals,
    double ceiling,
    OptionalDouble reference,
    int joined) {
  /** Most points of a curve: one for each three pixels of the widest drawing. */
  public static final int MOST_POINTS = 200;

  public Chart {
    series = List.copyOf(series);
  }

  /** A chart of curves of any length, neighbors joined as needed. */
  public static Chart of(
      String name,
      List<Series> series,
      TimeAxis axis,
      int decimals,
      double ceiling,
      OptionalDouble reference) {
    int longest = series.stream().mapToInt(one -> one.points().size()).max().orElse(0);
    int joined = (longest + MOST_POINTS - 1) / MOST_POINTS;
    List<Series> thinned =
        series.stream()
            .filter(one -> !one.points().isEmpty())
            .map(one -> new Series(one.label(), one.style(), Point.join(one.points(), joined)))
            .toList();
    return new Chart(name, thinned, axis, decimals, ceiling, reference, joined);
  }

  /** A curve; its style is a class of the style sheet. */
  public record Series(String label, String style, List<Point> points) {

    String ending(int decimals) {
      return label + " " + Numbers.decimal(last().map(Point::value).orElse(Double.NaN), decimals);
    }

    /** The last point with a value. */
    Optional<Point> last() {
      return points.stream()
          .filter(point -> Double.isFinite(point.value()))
          .max(Comparator.comparingLong(Point::time));
    }
  }

  public boolean isEmpty() {
    return values().findAny().isEmpty();
  }

  DoubleStream values() {
    return points().mapToDouble(Point::value).filter(Double::isFinite);
  }

  long aboveCeiling() {
    return values().filter(value -> value > ceiling).count();
  }

  long from() {
    return points().mapToLong(Point::time).min().orElse(0);
  }

  long to() {
    return points().mapToLong(Point::time).max().orElse(0);
  }

  /** The values by time: one for each curve, or NaN. */
  public NavigableMap<Long, double[]> rows() {
    NavigableMap<Long, double[]> rows = new TreeMap<>();
    for (int i = 0; i < series.size(); i++) {
      for (Point point : series.get(i).points()) {
        double[] row = rows.computeIfAbsent(point.time(), time -> none());
        row[i] = point.value();
      }
    }
    return rows;
  }

  String describe(Map.Entry<Long, double[]> row) {
    return axis.write(row.getKey())
        + "\n"
        + IntStream.range(0, series.size())
            .mapToObj(
                i -> series.get(i).label() + " " + Numbers.decimal(row.getValue()[i], decimals))
            .collect(Collectors.joining("\n"));
  }

  private double[] none() {
    double[] none = new double[series.size()];
    Arrays.fill(none, Double.NaN);
    return none;
  }

  private Stream<Point> points() {
    return series.stream().flatMap(one -> one.points().stream());
  }
}
