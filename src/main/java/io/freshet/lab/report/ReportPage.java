package io.freshet.lab.report;

import io.freshet.lab.report.plot.Chart;
import io.freshet.lab.report.plot.Chart.Series;
import io.freshet.lab.report.plot.Drawing;
import io.freshet.lab.report.plot.Markup;
import io.freshet.lab.report.plot.Numbers;
import io.freshet.lab.report.plot.Plane;
import io.freshet.lab.report.plot.Point;
import io.freshet.lab.report.plot.ReliabilityPlot;
import io.freshet.lab.report.plot.TimeAxis;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * The report of a run as one HTML file: key figures, curves, label funnel, snapshots, settings.
 *
 * <p>The page is self-contained (style and drawings inline, no script, no network), well-formed
 * XML, and fits small screens, dark ones and screen readers: every drawing has a table of its
 * numbers.
 */
public final class ReportPage {
  private final ReportData data;
  private final Markup out = new Markup();
  private int figures;

  private ReportPage(ReportData data) {
    this.data = data;
  }

  public static String html(ReportData data) {
    return new ReportPage(data).page();
  }

  private String page() {
    out.open("html", "xmlns", "http://www.w3.org/1999/xhtml", "lang", "en");
    head();
    out.open("body").open("main");
    header();
    KeyFigures.write(data.summary(), out);
    curves();
    reliability();
    Tables.slices(data.breakdown().slices(), out);
    Tables.funnel(data.funnel(), out);
    Tables.snapshots(data.snapshots(), data.made(), out);
    Tables.settings(data.settings(), out);
    out.close().close().close();
    return "<!DOCTYPE html>\n" + out;
  }

  private void head() {
    out.open("head");
    out.empty("meta", "charset", "utf-8");
    out.empty("meta", "name", "viewport", "content", "width=device-width, initial-scale=1");
    out.empty("meta", "name", "color-scheme", "content", "light dark");
    out.element("title", data.title() + " – Freshet");
    out.element("style", style());
    out.close();
  }

  private void header() {
    Summary summary = data.summary();
    out.open("header");
    out.element("p", "Freshet · run report", "class", "kind");
    out.element("h1", data.title());
    out.element(
        "p",
        Numbers.count(summary.examples())
            + " examples, each predicted before it was learned, in "
            + Numbers.duration(Duration.ofMillis(Math.round(1000 * summary.seconds())))
            + ". Made "
            + TimeAxis.EVENT.write(data.made().toEpochMilli())
            + " UTC.",
        "class",
        "lead");
    out.close();
  }

  private void curves() {
    ReportData.Curves curves = data.curves();
    out.open("section", "aria-label", "Curves").element("h2", "Quality over event time");
    figure(
        "Logloss",
        "Lower is better.",
        Chart.of(
            "logloss",
            pair(curves.logloss(), curves.bestLogloss()),
            TimeAxis.EVENT,
            4,
            2,
            OptionalDouble.empty()));
    figure(
        "AUC",
        "Higher is better; 0.5 is guessing.",
        Chart.of(
            "AUC",
            pair(curves.auc(), curves.bestAuc()),
            TimeAxis.EVENT,
            4,
            1,
            OptionalDouble.empty()));
    figure(
        "Calibration",
        "Mean prediction divided by the click-through rate; 1 is right.",
        Chart.of(
            "calibration",
            pair(curves.calibration(), List.of()),
            TimeAxis.EVENT,
            3,
            2,
            OptionalDouble.of(1)));
    out.element("h2", "Speed");
    figure(
        "Throughput",
        "Examples learned per second.",
        Chart.of(
            "throughput in examples per second",
            List.of(new Series("examples/s", "learner", curves.throughput())),
            TimeAxis.ELAPSED,
            0,
            Double.MAX_VALUE,
            OptionalDouble.of(0)));
    out.close();
  }

  private void reliability() {
    Breakdown breakdown = data.breakdown();
    if (breakdown.spread().deciles().isEmpty()) {
      return;
    }
    figures++;
    out.open("section", "aria-label", "Reliability").element("h2", "Reliability and users");
    out.open("figure").open("figcaption");
    out.element("b", "Figure " + figures + ". Reliability.");
    out.text(
        " Each dot is a tenth of all examples, by prediction; on the line, predictions are right."
            + " The mean distance from it is "
            + Numbers.decimal(breakdown.spread().calibrationError(), 4)
            + ".");
    out.close();
    ReliabilityPlot.draw(breakdown.spread().deciles(), out);
    ReliabilityPlot.table(breakdown.spread().deciles(), figures, out);
    out.close();
    out.element(
        "p",
        "AUC within users "
            + Numbers.decimal(breakdown.spread().gauc().auc(), 4)
            + breakdown.leftOut()
            + ". Distinct users: "
            + Numbers.decimal(breakdown.users().per64(), 1)
            + " in 64 examples, "
            + Numbers.decimal(breakdown.users().per512(), 1)
            + " in 512.");
    out.close();
  }

  private static List<Series> pair(List<Point> learned, List<Point> best) {
    return List.of(
        new Series("learner", "learner", learned), new Series("best reachable", "best", best));
  }

  private void figure(String title, String explanation, Chart chart) {
    figures++;
    out.open("figure").open("figcaption");
    out.element("b", "Figure " + figures + ". " + title + ".").text(" " + explanation);
    grain(chart).ifPresent(text -> out.text(" " + text));
    out.close();
    if (chart.isEmpty()) {
      out.element("p", "There is nothing to draw: no value was measured.", "class", "none");
    } else {
      Drawing.draw(chart, Plane.Size.WIDE, out);
      Drawing.draw(chart, Plane.Size.NARROW, out);
      Tables.numbers(figures, chart, out);
    }
    out.close();
  }

  /** The span of time of a point. */
  private Optional<String> grain(Chart chart) {
    if (chart.axis() != TimeAxis.EVENT || chart.isEmpty()) {
      return Optional.empty();
    }
    String window = Numbers.duration(data.window());
    return Optional.of(
        chart.joined() == 1
            ? "Windows of " + window + "."
            : "Each point is the mean of " + chart.joined() + " windows of " + window + ".");
  }

  private static String style() {
    try (InputStream in = ReportPage.class.getResourceAsStream("report.css")) {
      return "\n" + new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read report.css from the jar", e);
    }
  }
}
