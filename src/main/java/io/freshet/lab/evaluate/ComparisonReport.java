package io.freshet.lab.evaluate;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.freshet.cli.snapshot.text.TextTable;
import io.freshet.evaluate.offline.Bootstrap.Comparison;
import io.freshet.evaluate.offline.Bootstrap.Estimate;
import io.freshet.evaluate.offline.ScoredExamples.Pairs;
import java.io.PrintWriter;
import java.util.List;

/** Two learners on the same examples: the champion {@code a} and the challenger {@code b}. */
record ComparisonReport(RecordedRun a, RecordedRun b, Pairs pairs, Comparison comparison) {

  void print(PrintWriter out) {
    out.printf(
        "%s examples that both predicted; A: %s, B: %s%n",
        MetricFigures.count(pairs.a().size()), a.toText(), b.toText());
    if (pairs.differ() > 0) {
      out.printf(
          "%s examples left out, as their weights differ%n", MetricFigures.count(pairs.differ()));
    }
    TextTable table =
        new TextTable("lrrrll").row("", "A", "B", "B - A", "95 % interval of B - A", "");
    comparison
        .difference()
        .forEach(
            (name, difference) ->
                table.row(
                    MetricFigures.name(name),
                    MetricFigures.text(comparison.a().get(name).value()),
                    MetricFigures.text(comparison.b().get(name).value()),
                    MetricFigures.signed(difference.value()),
                    MetricFigures.signedInterval(difference),
                    verdict(name, difference)));
    table.print(out);
    out.printf("intervals: %s blocks%n", MetricFigures.count(comparison.blocks()));
  }

  /** Calibration is best at 1, not where it is largest. */
  private static String verdict(String figure, Estimate difference) {
    if (figure.equals("calibration") || !Double.isFinite(difference.low())) {
      return "";
    }
    boolean up = List.of("auc", "gauc").contains(figure);
    return !difference.isClear()
        ? "no clear difference"
        : difference.value() > 0 == up ? "B is better" : "A is better";
  }

  ObjectNode toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("pairs", pairs.a().size());
    json.put("weights_differ", pairs.differ());
    json.set("a", json(a).set("figures", MetricFigures.json(comparison.a())));
    json.set("b", json(b).set("figures", MetricFigures.json(comparison.b())));
    json.set("difference", MetricFigures.json(comparison.difference()));
    json.put("blocks", comparison.blocks());
    return json;
  }

  private static ObjectNode json(RecordedRun run) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("model", run.model())
        .put("predictions", run.examples().size())
        .put("repeats", run.examples().repeats())
        .put("invalid", run.examples().invalid());
  }
}
