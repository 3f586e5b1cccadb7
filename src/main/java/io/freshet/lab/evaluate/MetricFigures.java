package io.freshet.lab.evaluate;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.freshet.evaluate.offline.Bootstrap.Estimate;
import io.freshet.lab.report.Summary;
import java.util.Locale;
import java.util.Map;

/** Figures as people, and as programs, read them. */
final class MetricFigures {
  private static final Map<String, String> NAMES =
      Map.of(
          "auc", "AUC",
          "gauc", "GAUC",
          "logloss", "logloss",
          "ne", "NE",
          "calibration", "calibration");

  private MetricFigures() {}

  static String name(String key) {
    return NAMES.get(key);
  }

  static String text(double value) {
    return Double.isFinite(value) ? String.format(Locale.ROOT, "%.4f", value) : "-";
  }

  static String signed(double value) {
    return Double.isFinite(value) ? String.format(Locale.ROOT, "%+.4f", value) : "-";
  }

  static String interval(Estimate of) {
    return Double.isFinite(of.low()) ? text(of.low()) + " ... " + text(of.high()) : "-";
  }

  static String signedInterval(Estimate of) {
    return Double.isFinite(of.low()) ? signed(of.low()) + " ... " + signed(of.high()) : "-";
  }

  static String percent(double share) {
    return Double.isFinite(share) ? String.format(Locale.ROOT, "%.1f %%", 100 * share) : "-";
  }

  static String count(long n) {
    return String.format(Locale.ROOT, "%,d", n);
  }

  static ObjectNode json(Map<String, Estimate> figures) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    figures.forEach(
        (name, of) -> {
          ObjectNode one = json.putObject(name);
          Summary.put(one, "value", of.value());
          Summary.put(one, "low", of.low());
          Summary.put(one, "high", of.high());
        });
    return json;
  }
}
