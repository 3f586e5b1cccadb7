package io.freshet.lab.report.plot;

import io.freshet.evaluate.report.Decile;
import java.util.List;
import java.util.Locale;

/** Prediction against truth by deciles: dots below the diagonal are too high, above it too low. */
public final class ReliabilityPlot {
  private static final int SIZE = 330;
  private static final int LEFT = 48;
  private static final int BOTTOM = SIZE - 42;
  private static final int TOP = 10;
  private static final int RIGHT = LEFT + BOTTOM - TOP;
  private static final int TICKS = 5;

  private final List<Decile> deciles;
  private final List<Tick> ticks;
  private final double high;
  private final Svg svg;

  private ReliabilityPlot(List<Decile> deciles, Svg svg) {
    this.deciles = deciles;
    this.svg = svg;
    double most =
        deciles.stream().mapToDouble(d -> Math.max(d.prediction(), d.rate())).max().orElse(1);
    ticks = Tick.numbers(0, Math.max(1e-6, most), TICKS);
    high = ticks.get(ticks.size() - 1).value();
  }

  /** Appends the plot of deciles, which must not be empty. */
  public static void draw(List<Decile> deciles, Markup out) {
    new ReliabilityPlot(deciles, new Svg(out)).draw();
  }

  private void draw() {
    svg.open(
        "chart square",
        SIZE,
        SIZE,
        "Reliability plot: rate by prediction. The numbers stand in the table below.");
    for (Tick tick : ticks) {
      svg.line("grid", LEFT, y(tick.value()), RIGHT, y(tick.value()));
      svg.text("tick", LEFT - 8, y(tick.value()) + 4, "end", tick.label());
      svg.line("axis", x(tick.value()), BOTTOM, x(tick.value()), BOTTOM + 4);
      svg.text("tick", x(tick.value()), BOTTOM + 18, "middle", tick.label());
    }
    svg.line("axis", LEFT, BOTTOM, RIGHT, BOTTOM);
    svg.line("reference", LEFT, BOTTOM, RIGHT, TOP);
    StringBuilder path = new StringBuilder();
    for (Decile decile : deciles) {
      path.append(path.isEmpty() ? 'M' : 'L');
      path.append(Svg.at(x(decile.prediction()), y(decile.rate())));
      svg.dot("dot learner", x(decile.prediction()), y(decile.rate()));
    }
    svg.path("curve learner", path.toString());
    svg.text("label", RIGHT, SIZE - 4, "end", "mean prediction; upwards: rate");
    svg.close();
  }

  /** The numbers of the plot, folded away. */
  public static void table(List<Decile> deciles, int figure, Markup out) {
    out.open("details").element("summary", "Numbers behind figure " + figure);
    out.open("div", "class", "scroll", "tabindex", "0").open("table");
    out.open("thead").open("tr");
    for (String column : List.of("Tenth", "Weight", "Prediction", "Rate")) {
      out.element("th", column, "class", "number", "scope", "col");
    }
    out.close().close().open("tbody");
    for (int i = 0; i < deciles.size(); i++) {
      Decile decile = deciles.get(i);
      out.open("tr");
      cell(String.format(Locale.ROOT, "%d", i + 1), out);
      cell(Numbers.decimal(decile.weight(), 1), out);
      cell(Numbers.decimal(decile.prediction(), 5), out);
      cell(Numbers.decimal(decile.rate(), 5), out);
      out.close();
    }
    out.close().close().close().close();
  }

  private static void cell(String text, Markup out) {
    out.element("td", text, "class", "number");
  }

  private double x(double value) {
    return LEFT + value / high * (RIGHT - LEFT);
  }

  private double y(double value) {
    return BOTTOM - value / high * (BOTTOM - TOP);
  }
}
