package io.freshet.lab.report;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.freshet.evaluate.report.Metrics;
import io.freshet.lab.report.plot.Numbers;
import java.util.OptionalDouble;

/**
 * The outcome of a run in a few figures. Undefined figures are NaN, and null in JSON.
 *
 * @param seconds from the first event read to the last example learned
 * @param bestLogloss of the stream's true click probabilities, where known
 * @param bestAuc of the stream's true click probabilities, where known
 * @param calibration mean prediction divided by the mean label
 * @param updatesExpected (example, feature) pairs learned
 * @param updatesInModel sum of {@code updates} over the embedding table; equal to the one before
 *     when every example has counted exactly once
 */
public record Summary(
    long events,
    long examples,
    double seconds,
    double logloss,
    OptionalDouble bestLogloss,
    double auc,
    OptionalDouble bestAuc,
    double ne,
    double calibration,
    long deadLetters,
    long lateClicks,
    long snapshots,
    long updatesExpected,
    long updatesInModel) {

  public Summary {
    requireNonNull(bestLogloss, "bestLogloss");
    requireNonNull(bestAuc, "bestAuc");
  }

  /** NaN before any time has passed. */
  public double examplesPerSecond() {
    return seconds > 0 ? examples / seconds : Double.NaN;
  }

  public boolean exactlyOnce() {
    return updatesExpected == updatesInModel;
  }

  public ObjectNode toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("events", events);
    json.put("examples", examples);
    put(json, "seconds", seconds);
    put(json, "examples_per_second", examplesPerSecond());
    put(json, "logloss", logloss);
    put(json, "best_logloss", bestLogloss.orElse(Double.NaN));
    put(json, "auc", auc);
    put(json, "best_auc", bestAuc.orElse(Double.NaN));
    put(json, "ne", ne);
    put(json, "calibration", calibration);
    json.put("dead_letters", deadLetters);
    json.put("late_clicks", lateClicks);
    json.put("snapshots", snapshots);
    json.put("updates_expected", updatesExpected);
    json.put("updates_in_model", updatesInModel);
    return json;
  }

  public String toText() {
    return line("events", Numbers.count(events))
        + line("examples", Numbers.count(examples) + " in " + Numbers.decimal(seconds, 1) + " s")
        + line("throughput", Numbers.decimal(examplesPerSecond(), 0) + " examples/s")
        + line("logloss", Numbers.decimal(logloss, 4) + best(bestLogloss))
        + line("AUC", Numbers.decimal(auc, 4) + best(bestAuc))
        + line("NE", Numbers.decimal(ne, 4))
        + line("calibration", Numbers.decimal(calibration, 3))
        + line("dead letters", Numbers.count(deadLetters))
        + line("late clicks", Numbers.count(lateClicks))
        + line("snapshots", Numbers.count(snapshots))
        + line("updates", audit());
  }

  private String audit() {
    String counts = Numbers.count(updatesInModel) + " of " + Numbers.count(updatesExpected);
    return counts + (exactlyOnce() ? ", each exactly once" : ": NOT exactly once");
  }

  private static String best(OptionalDouble best) {
    return best.isEmpty() ? "" : "  (best reachable " + Numbers.decimal(best.orElse(0), 4) + ")";
  }

  static String line(String name, String value) {
    return "  " + name + " ".repeat(14 - name.length()) + value + "\n";
  }

  /** Adds the figures of examples. */
  public static void put(ObjectNode json, Metrics metrics) {
    json.put("examples", metrics.examples());
    put(json, "ctr", metrics.ctr());
    put(json, "logloss", metrics.logloss());
    put(json, "auc", metrics.auc());
    put(json, "ne", metrics.ne());
    put(json, "calibration", metrics.calibration());
  }

  /** Adds a figure, which is null if it is not defined. */
  public static void put(ObjectNode json, String key, double value) {
    if (Double.isFinite(value)) {
      json.put(key, value);
    } else {
      json.putNull(key);
    }
  }
}
