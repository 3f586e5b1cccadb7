package io.freshet.evaluate.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
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
    String slice = report.slice().map(s -> s.field() + "=" + s.value() + "/").orElse("");
    return model + "/" + series + slice + report.window().from();
  }

  /** The record's value. */
  public static byte[] value(String model, MetricsReport report) {
    ObjectNode window = object(report.window());
    ObjectNode sinceStart = object(report.sinceStart());
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("model", model);
    json.put("series", report.slice().isPresent() ? "slice" : report.series().text());
    if (report.slice().isPresent()) {
      json.putObject("slice")
          .put("field", report.slice().get().field())
          .put("value", report.slice().get().value());
    } else {
      sinceStart.put("occurrences", report.occurrences());
      sinceStart.put("invalid", report.invalid());
      sinceStart.put("late", report.late());
    }
    if (report.series() == MetricsSeries.PROGRESSIVE && report.slice().isEmpty()) {
      put(window, report.windowSpread());
      put(sinceStart, report.spread());
      put(sinceStart, "users_per_64", report.users().per64());
      put(sinceStart, "users_per_512", report.users().per512());
    }
    json.set("window", window);
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

  private static void put(ObjectNode json, Spread spread) {
    GroupedAuc gauc = spread.gauc();
    put(json, "gauc", gauc.auc());
    json.put("gauc_users", gauc.users());
    put(json, "gauc_left_out_users", gauc.leftOutUsers());
    put(json, "gauc_left_out", gauc.leftOut());
    put(json, "gauc_sampled", gauc.sampled());
    put(json, "calibration_error", spread.calibrationError());
    ArrayNode deciles = json.putArray("deciles");
    for (Decile decile : spread.deciles()) {
      ObjectNode one = deciles.addObject();
      put(one, "weight", decile.weight());
      put(one, "prediction", decile.prediction());
      put(one, "rate", decile.rate());
    }
  }

  private static void put(ObjectNode json, String key, double value) {
    if (Double.isFinite(value)) {
      json.put(key, value);
    } else {
      json.putNull(key);
    }
  }
}
