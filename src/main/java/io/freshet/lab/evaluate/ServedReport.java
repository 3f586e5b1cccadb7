package io.freshet.lab.evaluate;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.freshet.cli.snapshot.text.TextTable;
import io.freshet.evaluate.offline.Bootstrap;
import io.freshet.evaluate.offline.Bootstrap.Estimates;
import io.freshet.evaluate.offline.ScoredExamples;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** The quality of what was served, and of shadows against it. */
record ServedReport(
    SortedMap<String, Figures> answered, List<ComparisonReport> shadows, long unlabeled) {

  /** Of a model, or of one of its versions. */
  record Figures(int examples, Estimates estimates) {}

  static ServedReport of(ServedScores scores, Bootstrap bootstrap) {
    SortedMap<String, Figures> answered = new TreeMap<>();
    scores
        .answered()
        .forEach(
            (name, examples) ->
                answered.put(name, new Figures(examples.size(), bootstrap.estimate(examples))));
    List<ComparisonReport> shadows = new ArrayList<>();
    scores
        .shadows()
        .forEach(
            (name, of) -> {
              ScoredExamples.Pairs pairs = ScoredExamples.pair(of.answered(), of.own());
              shadows.add(
                  new ComparisonReport(
                      new RecordedRun("what was answered", of.answered()),
                      new RecordedRun(name, of.own()),
                      pairs,
                      bootstrap.compare(pairs)));
            });
    return new ServedReport(answered, shadows, scores.unlabeled());
  }

  void print(PrintWriter out) {
    TextTable table =
        new TextTable("lrrrrl")
            .row("served", "examples", "logloss", "NE", "calibration", "95 % interval of NE");
    answered.forEach(
        (name, of) ->
            table.row(
                name,
                MetricFigures.count(of.examples()),
                MetricFigures.text(of.estimates().figures().get("logloss").value()),
                MetricFigures.text(of.estimates().figures().get("ne").value()),
                MetricFigures.text(of.estimates().figures().get("calibration").value()),
                MetricFigures.interval(of.estimates().figures().get("ne"))));
    table.print(out);
    if (unlabeled > 0) {
      out.printf("%s impressions without a label left out%n", MetricFigures.count(unlabeled));
    }
    for (ComparisonReport shadow : shadows) {
      out.println();
      shadow.print(out);
    }
  }

  ObjectNode toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("unlabeled", unlabeled);
    ObjectNode served = json.putObject("served");
    answered.forEach(
        (name, of) ->
            served
                .putObject(name)
                .put("examples", of.examples())
                .put("blocks", of.estimates().blocks())
                .set("figures", MetricFigures.json(of.estimates().figures())));
    ArrayNode compared = json.putArray("shadows");
    shadows.forEach(shadow -> compared.add(shadow.toJson()));
    return json;
  }
}
