package io.freshet.lab.report.plot;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/** A chart as a standalone SVG file for documents, with its own light style. */
public final class CurvePlot {
  private static final List<String> COLORS = List.of("#b3261e", "#8a5a00", "#1b5e9e", "#5c6167");
  private static final String STYLE =
      """
      text { font-family: sans-serif; font-size: 12px; }
      .tick, .label { fill: #5c6167; }
      .grid { stroke: #ecece8; fill: none; }
      .axis { stroke: #5c6167; fill: none; }
      .curve { fill: none; stroke-width: 2; stroke-linejoin: round; }
      .hover { fill: transparent; }
      """;

  public record Curve(String label, List<Point> points) {
    public Curve {
      points = List.copyOf(points);
    }
  }

  private CurvePlot() {}

  /** Draws up to four curves over the time since a run began. */
  public static String overElapsedTime(String name, List<Curve> curves, int decimals) {
    if (curves.isEmpty() || curves.size() > COLORS.size()) {
      throw new IllegalArgumentException(
          curves.size() + " curves, but a plot has 1 to " + COLORS.size());
    }
    List<Chart.Series> series = new ArrayList<>();
    StringBuilder style = new StringBuilder(STYLE);
    for (Curve curve : curves) {
      String color = COLORS.get(series.size());
      String of = "curve" + series.size();
      style.append(".curve.%s { stroke: %s; }%n".formatted(of, color));
      style.append(".dot.%s, .name.%s { fill: %s; }%n".formatted(of, of, color));
      series.add(new Chart.Series(curve.label(), of, curve.points()));
    }
    Chart chart =
        Chart.of(
            name,
            series,
            TimeAxis.ELAPSED,
            decimals,
            Double.POSITIVE_INFINITY,
            OptionalDouble.empty());
    return draw(chart, style.toString());
  }

  private static String draw(Chart chart, String style) {
    String width = String.valueOf(Plane.Size.WIDE.width);
    String height = String.valueOf(Plane.HEIGHT);
    Markup out = new Markup();
    out.open(
        "svg",
        "xmlns",
        "http://www.w3.org/2000/svg",
        "width",
        width,
        "height",
        height,
        "viewBox",
        "0 0 " + width + " " + height);
    out.element("style", style);
    out.empty("rect", "width", "100%", "height", "100%", "fill", "#fdfdfb");
    Drawing.draw(chart, Plane.Size.WIDE, out);
    return out.close().toString();
  }
}
