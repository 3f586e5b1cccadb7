package io.freshet.lab.report.plot;

import java.util.List;

/** Maps the times and values of a {@link Chart} to pixels, and places its ticks. */
public final class Plane {
  /** The sizes a chart is drawn in; the style sheet shows one of them. */
  public enum Size {
    WIDE(760, 52, 142, 10, 9),
    NARROW(360, 48, 20, 34, 5);

    final int width;
    final int left;
    final int right;
    final int top;
    final int timeTicks;

    Size(int width, int left, int right, int top, int timeTicks) {
      this.width = width;
      this.left = left;
      this.right = width - right;
      this.top = top;
      this.timeTicks = timeTicks;
    }
  }

  static final int HEIGHT = 236;
  static final int BOTTOM = HEIGHT - 42;

  private static final int VALUE_TICKS = 6;

  final int left;
  final int right;
  final int top;
  final List<Tick> timeTicks;
  final List<Tick> valueTicks;
  private final long from;
  private final long to;
  private final double low;
  private final double high;
  private final double ceiling;

  Plane(Chart chart, Size size) {
    left = size.left;
    right = size.right;
    top = size.top;
    long pad = chart.from() == chart.to() ? 30_000 : 0; // a single point is in the middle
    from = chart.from() - pad;
    to = chart.to() + pad;
    timeTicks = chart.axis().ticks(from, to, size.timeTicks);
    valueTicks = valueTicks(chart);
    low = valueTicks.get(0).value();
    high = valueTicks.get(valueTicks.size() - 1).value();
    ceiling = chart.ceiling();
  }

  double x(double time) {
    return left + (time - from) / (to - from) * (right - left);
  }

  double y(double value) {
    return BOTTOM - (Math.min(ceiling, value) - low) / (high - low) * (BOTTOM - top);
  }

  private static List<Tick> valueTicks(Chart chart) {
    double low = Math.min(chart.ceiling(), chart.values().min().orElse(0));
    double high = Math.min(chart.ceiling(), chart.values().max().orElse(1));
    if (chart.reference().isPresent()) {
      low = Math.min(low, chart.reference().getAsDouble());
      high = Math.max(high, chart.reference().getAsDouble());
    }
    double least = Math.pow(10, -chart.decimals()); // below it, differences are not shown
    double pad = Math.max(0, 4 * least - (high - low)) / 2;
    return Tick.numbers(low - pad, high + pad, VALUE_TICKS);
  }
}
