package io.freshet.lab.labels;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.freshet.evaluate.report.Metrics;
import java.io.PrintWriter;
import java.time.Duration;

/** The comparison as it comes: a table, a line a run; or at the end one JSON object. */
final class LabelReport {
  private final PrintWriter out;
  private final boolean asJson;
  private final ArrayNode json = new ObjectMapper().createArrayNode();

  /**
   * One run.
   *
   * @param closed share of the gap between knowing the click rate alone and being told at once
   */
  record Row(String what, double drift, Duration delay, Scores scores, double closed) {}

  LabelReport(PrintWriter out, boolean asJson) {
    this.out = out;
    this.asJson = asJson;
    if (!asJson) {
      out.printf(
          "%-6s %-7s %-26s %8s %7s %11s %11s %11s %7s%n",
          "drift",
          "delay",
          "policy",
          "logloss",
          "NE",
          "calibration",
          "..to truth",
          "excess loss",
          "closed");
      out.flush();
    }
  }

  void add(Row row) {
    Metrics metrics = row.scores().metrics();
    if (asJson) {
      ObjectNode node = json.addObject();
      node.put("policy", row.what());
      node.put("drift", row.drift());
      node.put("delay_minutes", row.delay().toSeconds() / 60.0);
      node.put("impressions", metrics.examples());
      node.put("clicks", metrics.positives());
      node.put("logloss", metrics.logloss());
      node.put("ne", metrics.ne());
      node.put("auc", metrics.auc());
      node.put("calibration", metrics.calibration());
      node.put("calibration_to_truth", row.scores().calibration());
      node.put("excess_loss", row.scores().excess());
      node.put("gap_closed", row.closed());
    } else {
      out.printf(
          "%-6s %-7s %-26s %8.4f %7.4f %11.3f %11.3f %11.5f %6.1f%%%n",
          row.drift(),
          row.delay().toMinutes() + " min",
          row.what(),
          metrics.logloss(),
          metrics.ne(),
          metrics.calibration(),
          row.scores().calibration(),
          row.scores().excess(),
          100 * row.closed());
      out.flush();
    }
  }

  void end() {
    if (asJson) {
      out.println(json);
      out.flush();
    }
  }
}
