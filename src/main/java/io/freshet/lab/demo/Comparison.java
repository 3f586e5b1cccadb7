package io.freshet.lab.demo;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.freshet.evaluate.report.Metrics;
import io.freshet.lab.report.Summary;
import io.freshet.lab.simulate.Oracle.Best;
import java.util.Locale;
import java.util.Optional;

/**
 * Figures to compare a run's own with.
 *
 * @param finalWindow the last window that the stream's end did not cut short
 * @param bestOfFinalWindow the best possible in it, where known
 * @param localLearner the single-thread learner on the same examples in the same order, where run
 */
record Comparison(
    Metrics finalWindow, Optional<Best> bestOfFinalWindow, Optional<Metrics> localLearner) {

  void addTo(ObjectNode summary) {
    ObjectNode window = figures(finalWindow);
    bestOfFinalWindow.ifPresent(
        best -> window.put("best_logloss", best.logloss()).put("best_auc", best.auc()));
    summary.set("final_window", window);
    localLearner.ifPresent(metrics -> summary.set("local_learner", figures(metrics)));
  }

  String toText() {
    StringBuilder text = new StringBuilder();
    text.append("  final window  ").append(line(finalWindow));
    bestOfFinalWindow.ifPresent(
        best ->
            text.append(
                String.format(
                    Locale.ROOT, "  (best reachable %.4f, %.4f)", best.logloss(), best.auc())));
    localLearner.ifPresent(
        metrics ->
            text.append("\n  one thread    ")
                .append(line(metrics))
                .append("  (LocalLearner on the same examples)"));
    return text.append("\n").toString();
  }

  private static String line(Metrics metrics) {
    return String.format(Locale.ROOT, "logloss %.4f, AUC %.4f", metrics.logloss(), metrics.auc());
  }

  private static ObjectNode figures(Metrics metrics) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    Summary.put(json, metrics);
    return json;
  }
}
