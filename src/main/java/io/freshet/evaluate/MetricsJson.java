package io.freshet.evaluate;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * Reports as the metrics topic holds them: one JSON object a closed window, described by {@code
 * schemas/metrics.schema.json}. Figures that are not defined are null.
 */
public final class MetricsJson {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private MetricsJson() {}

  /** The record's key: the same for a window that is reported again after a failure. */
  public static String key(String model, MetricsReport report) {
    String series =
        report.series() == MetricsSeries.PROGRESSIVE ? "" : report.series().text() + "/";
    return model + "/" + series + report.window().from();
  }

  /** The record's value. */
  public static byte[] value(String model, MetricsReport report) {
    ObjectNode sinceStart = object(report.sinceStart());
    sinceStart.put("occurrences", report.occurrences());
    sinceStart.put("invalid", report.invalid());
    sinceStart.put("late", report.late());
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("model", model);
    json.put("series", report.series().text());
    json.set("window", object(report.window()));
    json.set("since_start", sinceStart);
    try {
      return MAPPER.writeValueAsBytes(json);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("cannot write " + report + " as JSON", e);
    }
  }

  private static ObjectNode object(Metrics metrics) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("from", metrics.from());
    json.put("to", metrics.to());
    json.put("examples", metrics.examples());
    json.put("positives", metrics.positives());
    put(json, "ctr", metrics.ctr());
    put(json, "logloss", metrics.logloss());
    put(json, "auc", metrics.auc());
    put(json, "ne", metrics.ne());
    put(json, "calibration", metrics.calibration());
    return json;
  }

  private static void put(ObjectNode json, String key, double value) {
    if (Double.isFinite(value)) {
      json.put(key, value);
    } else {
      json.putNull(key);
    }
  }
}
