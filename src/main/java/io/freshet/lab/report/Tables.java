package io.freshet.lab.report;

import io.freshet.evaluate.report.Metrics;
import io.freshet.evaluate.report.Slice;
import io.freshet.lab.report.plot.Chart;
import io.freshet.lab.report.plot.Markup;
import io.freshet.lab.report.plot.Numbers;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** The tables of the report page. */
final class Tables {
  private Tables() {}

  /** The numbers of a chart, folded away. */
  static void numbers(int figure, Chart chart, Markup out) {
    out.open("details").element("summary", "Numbers behind figure " + figure);
    out.open("div", "class", "scroll", "tabindex", "0").open("table");
    out.open("thead").open("tr");
    heading("Time", out);
    for (Chart.Series series : chart.series()) {
      number("th", series.label(), out);
    }
    out.close().close().open("tbody");
    for (Map.Entry<Long, double[]> row : chart.rows().entrySet()) {
      out.open("tr").element("td", chart.axis().write(row.getKey()));
      for (double value : row.getValue()) {
        number("td", Numbers.decimal(value, chart.decimals()), out);
      }
      out.close();
    }
    out.close().close().close().close();
  }

  static void funnel(ReportData.Funnel funnel, Markup out) {
    section("From events to examples", out);
    out.open("table", "class", "funnel").open("tbody");
    long shown = funnel.impressions();
    funnelRow("Impressions", shown, shown, "whole", out);
    funnelRow("clicked in time: positives", funnel.positives(), shown, "part", out);
    funnelRow("not clicked: negatives", funnel.negatives(), shown, "part", out);
    funnelRow("still waiting for their label", funnel.waiting(), shown, "part", out);
    funnelRow("Clicks", funnel.clicks(), shown, "whole", out);
    funnelRow("too late for their impression", funnel.lateClicks(), shown, "part", out);
    funnelRow("Dead letters", funnel.deadLetters(), shown, "whole", out);
    out.close().close();
    String note = "Shares are of all impressions. Repeated events are counted, and change nothing.";
    out.element("p", note, "class", "note").close();
  }

  /** Quality by the values of fields; nothing without slices. */
  static void slices(Map<Slice, Metrics> slices, Markup out) {
    if (slices.isEmpty()) {
      return;
    }
    section("Quality by slice", out);
    out.open("div", "class", "scroll", "tabindex", "0").open("table").open("thead").open("tr");
    heading("Slice", out);
    for (String column : List.of("Examples", "CTR", "Logloss", "AUC", "NE", "Calibration")) {
      number("th", column, out);
    }
    out.close().close().open("tbody");
    slices.forEach(
        (slice, of) -> {
          out.open("tr").element("td", slice.field() + " = " + slice.value());
          number("td", Numbers.count(of.examples()), out);
          for (double figure : new double[] {of.ctr(), of.logloss(), of.auc(), of.ne()}) {
            number("td", Numbers.decimal(figure, 4), out);
          }
          number("td", Numbers.decimal(of.calibration(), 3), out);
          out.close();
        });
    out.close().close().close().close();
  }

  static void snapshots(List<ReportData.PublishedSnapshot> snapshots, Instant made, Markup out) {
    section("Snapshots published", out);
    if (snapshots.isEmpty()) {
      out.element("p", "None: no checkpoint was completed.", "class", "none").close();
      return;
    }
    out.open("div", "class", "scroll", "tabindex", "0").open("table").open("thead").open("tr");
    heading("Version", out);
    heading("Kind", out);
    for (String column : List.of("Rows", "Size", "Age")) {
      number("th", column, out);
    }
    out.close().close().open("tbody");
    for (ReportData.PublishedSnapshot snapshot : snapshots) {
      out.open("tr").open("td").element("code", snapshot.version()).close();
      out.element("td", snapshot.kind());
      number("td", Numbers.count(snapshot.rows()), out);
      number("td", Numbers.bytes(snapshot.bytes()), out);
      number("td", Numbers.duration(Duration.between(snapshot.published(), made)), out);
      out.close();
    }
    out.close().close().close();
    out.element("p", "Ages are those when this report was made.", "class", "note").close();
  }

  static void settings(Map<String, String> settings, Markup out) {
    if (settings.isEmpty()) {
      return;
    }
    section("Settings", out);
    out.open("div", "class", "scroll", "tabindex", "0").open("table").open("tbody");
    for (Map.Entry<String, String> setting : settings.entrySet()) {
      out.open("tr").open("th", "scope", "row").element("code", setting.getKey()).close();
      out.open("td").element("code", setting.getValue()).close().close();
    }
    out.close().close().close().close();
  }

  private static void section(String title, Markup out) {
    out.open("section", "aria-label", title).element("h2", title);
  }

  private static void funnelRow(String name, long count, long whole, String style, Markup out) {
    double share = whole == 0 ? Double.NaN : (double) count / whole;
    String width = "width:" + Numbers.percent(Math.min(1, Math.max(0, share))).replace(" ", "");
    out.open("tr", "class", style).element("th", name, "scope", "row");
    number("td", Numbers.count(count), out);
    number("td", Numbers.percent(share), out);
    out.open("td", "class", "bar", "aria-hidden", "true");
    if (whole > 0) {
      out.element("span", "", "style", width);
    }
    out.close().close();
  }

  private static void heading(String text, Markup out) {
    out.element("th", text, "scope", "col");
  }

  private static void number(String tag, String text, Markup out) {
    if (tag.equals("th")) {
      out.element(tag, text, "class", "number", "scope", "col");
    } else {
      out.element(tag, text, "class", "number");
    }
  }
}
