package io.freshet.lab.report.plot;

import io.freshet.lab.report.plot.Plane.Size;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A {@link Chart} as SVG, in two sizes: wide with names at the curves' ends, narrow with names
 * above.
 */
public final class Drawing {
  private static final int LABEL_GAP = 16;
  private static final int KEY_WIDTH = 140;

  private final Chart chart;
  private final Size size;
  private final Plane plane;
  private final Svg svg;

  private Drawing(Chart chart, Size size, Svg svg) {
    this.chart = chart;
    this.size = size;
    this.plane = new Plane(chart, size);
    this.svg = svg;
  }

  /** Appends a chart, which must not be empty. */
  public static void draw(Chart chart, Size size, Markup out) {
    new Drawing(chart, size, new Svg(out)).draw();
  }

  private void draw() {
    String style = "chart " + size.name().toLowerCase(Locale.ROOT);
    svg.open(style, size.width, Plane.HEIGHT, spoken());
    valueAxis();
    timeAxis();
    aboveCeiling();
    for (int i = chart.series().size() - 1; i >= 0; i--) {
      curve(chart.series().get(i));
    }
    if (size == Size.WIDE) {
      endLabels();
      hoverTexts();
    } else {
      key();
    }
    svg.close();
  }

  private void valueAxis() {
    for (Tick tick : plane.valueTicks) {
      double y = plane.y(tick.value());
      svg.line("grid", plane.left, y, plane.right, y);
      svg.text("tick", plane.left - 8, y + 4, "end", tick.label());
    }
    if (chart.reference().isPresent()) {
      double y = plane.y(chart.reference().getAsDouble());
      svg.line("reference", plane.left, y, plane.right, y);
    }
  }

  private void timeAxis() {
    svg.line("axis", plane.left, Plane.BOTTOM, plane.right, Plane.BOTTOM);
    for (Tick tick : plane.timeTicks) {
      double x = plane.x(tick.value());
      svg.line("axis", x, Plane.BOTTOM, x, Plane.BOTTOM + 4);
      svg.text("tick", x, Plane.BOTTOM + 18, "middle", tick.label());
    }
    String label = chart.axis().label(chart.from(), chart.to());
    svg.text("label", plane.right, Plane.HEIGHT - 4, "end", label);
  }

  private void aboveCeiling() {
    long above = chart.aboveCeiling();
    if (above > 0) {
      String points = above == 1 ? "1 point" : Numbers.count(above) + " points";
      String note = points + " above " + Numbers.decimal(chart.ceiling(), 0);
      svg.text("label", plane.right, plane.top + 14, "end", note);
    }
  }

  private void curve(Chart.Series series) {
    StringBuilder path = new StringBuilder();
    List<Point> points = series.points();
    for (int i = 0; i < points.size(); i++) {
      if (isDefined(points, i)) {
        Point point = points.get(i);
        path.append(isDefined(points, i - 1) ? 'L' : 'M');
        path.append(Svg.at(plane.x(point.time()), plane.y(point.value())));
        if (!isDefined(points, i - 1) && !isDefined(points, i + 1)) {
          dot(series, point);
        }
      }
    }
    svg.path("curve " + series.style(), path.toString());
    series.last().ifPresent(point -> dot(series, point));
  }

  private void dot(Chart.Series series, Point point) {
    svg.dot("dot " + series.style(), plane.x(point.time()), plane.y(point.value()));
  }

  /** Names and last values at the curves' ends, spread where they would overlap. */
  private void endLabels() {
    List<Chart.Series> named =
        chart.series().stream()
            .filter(series -> series.last().isPresent())
            .sorted(Comparator.comparingDouble(this::end))
            .toList();
    List<Double> places = new ArrayList<>(named.stream().map(this::end).toList());
    spread(places);
    for (int i = 0; i < named.size(); i++) {
      double y = Math.min(Plane.BOTTOM, places.get(i) + 4);
      String label = named.get(i).ending(chart.decimals());
      svg.text("name " + named.get(i).style(), plane.right + 10, y, "start", label);
    }
  }

  private double end(Chart.Series series) {
    return plane.y(series.last().orElseThrow().value());
  }

  private static void spread(List<Double> places) {
    for (int i = 1; i < places.size(); i++) {
      double lack = LABEL_GAP - (places.get(i) - places.get(i - 1));
      if (lack > 0) {
        places.set(i - 1, places.get(i - 1) - lack / 2);
        places.set(i, places.get(i) + lack / 2);
      }
    }
  }

  private void key() {
    double x = plane.left;
    for (Chart.Series series : chart.series()) {
      svg.line("curve " + series.style(), x, 12, x + 18, 12);
      svg.text("name " + series.style(), x + 24, 16, "start", series.ending(chart.decimals()));
      x += KEY_WIDTH;
    }
  }

  /** An invisible strip for each time, which shows its numbers under the mouse. */
  private void hoverTexts() {
    List<Map.Entry<Long, double[]>> rows = List.copyOf(chart.rows().entrySet());
    for (int i = 0; i < rows.size(); i++) {
      double from = i == 0 ? plane.left : middle(rows, i - 1);
      double to = i == rows.size() - 1 ? plane.right : middle(rows, i);
      String text = chart.describe(rows.get(i));
      svg.hover(from, plane.top, Math.max(0, to - from), Plane.BOTTOM - plane.top, text);
    }
  }

  private double middle(List<Map.Entry<Long, double[]>> rows, int i) {
    return (plane.x(rows.get(i).getKey()) + plane.x(rows.get(i + 1).getKey())) / 2;
  }

  private String spoken() {
    StringBuilder text = new StringBuilder("Line chart of ").append(chart.name());
    for (Chart.Series series : chart.series()) {
      text.append("; at the end ").append(series.ending(chart.decimals()));
    }
    return text.append(". The numbers stand in the table below.").toString();
  }

  private static boolean isDefined(List<Point> points, int i) {
    return i >= 0 && i < points.size() && Double.isFinite(points.get(i).value());
  }
}
