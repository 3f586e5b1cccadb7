package io.freshet.lab.fit;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.freshet.config.FitConfig.Monitor;
import io.freshet.evaluate.report.Metrics;
import java.io.PrintWriter;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** The output of fits from several seeds: a line for each pass, each seed, and their mean. */
final class FitReport implements FitRun.Listener {
  private final PrintWriter out;

  FitReport(PrintWriter out) {
    this.out = out;
  }

  void files(int learned, int validated, int tested) {
    say("%,d examples to learn, %,d to validate, %,d to test", learned, validated, tested);
  }

  /** Thread-safe, as seeds may run in parallel. */
  @Override
  public void epoch(long seed, FitRun.Epoch epoch) {
    say(
        "seed %d  epoch %3d  train loss %.4f  valid %s  %5.1f s%s",
        seed,
        epoch.number(),
        epoch.loss(),
        text(epoch.valid()),
        epoch.seconds(),
        epoch.best() ? "  best" : "");
  }

  @Override
  public void end(FitRun.Result result) {
    say(
        "seed %d  best epoch %d  valid %s   test %s   (%,d parameters)",
        result.seed(),
        result.bestEpoch(),
        text(result.valid()),
        text(result.test()),
        result.parameters());
  }

  void mean(List<FitRun.Result> results) {
    say(
        "mean of %d seeds  valid AUC %.4f, logloss %.4f   test AUC %.4f ± %.4f, logloss %.4f ±"
            + " %.4f",
        results.size(),
        mean(results, r -> r.valid().auc()),
        mean(results, r -> r.valid().logloss()),
        mean(results, r -> r.test().auc()),
        deviation(results, r -> r.test().auc()),
        mean(results, r -> r.test().logloss()),
        deviation(results, r -> r.test().logloss()));
  }

  /** Means over the seeds; the epoch is that of the seed which validates best. */
  static ObjectNode json(List<FitRun.Result> results, Monitor monitor) {
    FitRun.Result best =
        results.stream()
            .min(
                Comparator.comparingDouble(
                    r -> monitor == Monitor.AUC ? -r.valid().auc() : r.valid().logloss()))
            .orElseThrow();
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("best_epoch", best.bestEpoch());
    json.put("valid_auc", mean(results, r -> r.valid().auc()));
    json.put("valid_logloss", mean(results, r -> r.valid().logloss()));
    json.put("test_auc", mean(results, r -> r.test().auc()));
    json.put("test_logloss", mean(results, r -> r.test().logloss()));
    json.put("seeds", results.size());
    results.forEach(result -> json.withArray("runs").add(json(result)));
    return json;
  }

  private static ObjectNode json(FitRun.Result result) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("seed", result.seed());
    json.put("best_epoch", result.bestEpoch());
    json.put("valid_auc", result.valid().auc());
    json.put("valid_logloss", result.valid().logloss());
    json.put("test_auc", result.test().auc());
    json.put("test_logloss", result.test().logloss());
    return json;
  }

  private static String text(Metrics metrics) {
    return String.format(Locale.ROOT, "AUC %.4f, logloss %.4f", metrics.auc(), metrics.logloss());
  }

  private void say(String format, Object... values) {
    synchronized (out) {
      out.println(String.format(Locale.ROOT, format, values));
      out.flush();
    }
  }

  private static double mean(List<FitRun.Result> results, ToDoubleFunction<FitRun.Result> figure) {
    return results.stream().mapToDouble(figure).average().orElseThrow();
  }

  /** Of the seeds, not of their mean. */
  private static double deviation(
      List<FitRun.Result> results, ToDoubleFunction<FitRun.Result> figure) {
    double mean = mean(results, figure);
    return Math.sqrt(mean(results, r -> Math.pow(figure.applyAsDouble(r) - mean, 2)));
  }
}
