package io.freshet.lab.evaluate;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.freshet.cli.snapshot.text.TextTable;
import io.freshet.evaluate.offline.Bootstrap.Estimates;
import io.freshet.evaluate.report.Decile;
import io.freshet.evaluate.report.Metrics;
import io.freshet.evaluate.report.MetricsReport;
import io.freshet.evaluate.report.Slice;
import io.freshet.lab.report.Breakdown;
import io.freshet.lab.report.Summary;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.Map;

/**
 * The quality of a snapshot on data.
 *
 * @param estimates with intervals
 * @param repeats examples that came again, left out
 * @param unlabeled examples without a label, left out
 */
record SnapshotReport(
    String version,
    MetricsReport report,
    Map<Slice, Metrics> slices,
    Estimates estimates,
    long repeats,
    long unlabeled) {

  static SnapshotReport of(SnapshotScores scores, Estimates estimates) {
    return new SnapshotReport(
        scores.model().version().toString(),
        scores.metrics().report(),
        scores.metrics().slices(),
        estimates,
        scores.repeats(),
        scores.unlabeled());
  }

  void print(PrintWriter out) {
    Metrics all = report.sinceStart();
    out.printf(
        "version %s: %s examples, CTR %s%s%s%n",
        version,
        MetricFigures.count(all.examples()),
        MetricFigures.text(all.ctr()),
        repeats > 0 ? ", %s repeats left out".formatted(MetricFigures.count(repeats)) : "",
        unlabeled > 0
            ? ", %s without label left out".formatted(MetricFigures.count(unlabeled))
            : "");
    TextTable table = new TextTable("lrl").row("", "", "95 % interval");
    estimates
        .figures()
        .forEach(
            (name, of) ->
                table.row(
                    MetricFigures.name(name),
                    MetricFigures.text(of.value()),
                    MetricFigures.interval(of)));
    table.print(out);
    var gauc = report.spread().gauc();
    out.printf(
        "intervals: %s blocks; GAUC leaves out %s of the users, %s of the weight (one class)%n",
        MetricFigures.count(estimates.blocks()),
        MetricFigures.percent(gauc.leftOutUsers()),
        MetricFigures.percent(gauc.leftOut()));
    out.printf(
        Locale.ROOT,
        "distinct users: %.1f in 64 examples, %.1f in 512%n%n",
        report.users().per64(),
        report.users().per512());
    printDeciles(out);
    if (!slices.isEmpty()) {
      printSlices(out);
    }
  }

  private void printDeciles(PrintWriter out) {
    TextTable table = new TextTable("rrrr").row("decile", "weight", "prediction", "rate");
    int number = 0;
    for (Decile decile : report.spread().deciles()) {
      table.row(
          String.valueOf(++number),
          String.format(Locale.ROOT, "%.1f", decile.weight()),
          MetricFigures.text(decile.prediction()),
          MetricFigures.text(decile.rate()));
    }
    table.print(out);
    out.printf("calibration error %s%n", MetricFigures.text(report.spread().calibrationError()));
  }

  private void printSlices(PrintWriter out) {
    out.println();
    TextTable table =
        new TextTable("lrrrrr").row("slice", "examples", "AUC", "logloss", "NE", "calibration");
    slices.forEach(
        (slice, of) ->
            table.row(
                slice.field() + "=" + slice.value(),
                MetricFigures.count(of.examples()),
                MetricFigures.text(of.auc()),
                MetricFigures.text(of.logloss()),
                MetricFigures.text(of.ne()),
                MetricFigures.text(of.calibration())));
    table.print(out);
  }

  ObjectNode toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("version", version);
    json.put("examples", report.sinceStart().examples());
    json.put("repeats", repeats);
    json.put("unlabeled", unlabeled);
    json.put("invalid", report.invalid());
    Summary.put(json, "ctr", report.sinceStart().ctr());
    json.set("figures", MetricFigures.json(estimates.figures()));
    json.put("blocks", estimates.blocks());
    Summary.put(json, "gauc_left_out_users", report.spread().gauc().leftOutUsers());
    Summary.put(json, "gauc_left_out", report.spread().gauc().leftOut());
    Summary.put(json, "users_per_64", report.users().per64());
    Summary.put(json, "users_per_512", report.users().per512());
    Summary.put(json, "calibration_error", report.spread().calibrationError());
    Breakdown.addDeciles(report.spread().deciles(), json);
    Breakdown.addSlices(slices, json);
    return json;
  }
}
