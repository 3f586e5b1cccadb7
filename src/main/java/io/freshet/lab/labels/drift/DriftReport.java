package io.freshet.lab.labels.drift;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.freshet.evaluate.offline.Bootstrap;
import io.freshet.evaluate.offline.Bootstrap.Estimate;
import io.freshet.evaluate.offline.ScoredExamples;
import io.freshet.lab.labels.Scores;
import io.freshet.lab.labels.drift.DriftOptions.DriftSettings;
import io.freshet.lab.report.plot.CurvePlot;
import io.freshet.lab.report.plot.Point;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The figures of the models of a {@link DriftRun} and their differences to the learner synchronized
 * every minute, with 95 % intervals over blocks of six hours.
 */
final class DriftReport {
  private static final Duration BLOCK = Duration.ofHours(6);
  private static final String ROW = "%-20s %8s %17s %8s %17s %19s %9s%n";

  private final DriftSettings settings;
  private final List<ComparedModel> models;
  private final List<Line> lines = new ArrayList<>();

  /** A model, and its difference to the learner synchronized every minute. */
  private record Line(
      ComparedModel model, Map<String, Estimate> figures, Map<String, Estimate> difference) {}

  DriftReport(DriftSettings settings, List<ComparedModel> models, int replicates) {
    this.settings = settings;
    this.models = models;
    ComparedModel reference = model(DriftRun.EVERY_MINUTE);
    Bootstrap bootstrap =
        new Bootstrap(Optional.of(BLOCK), replicates, settings.conditions().seed());
    for (ComparedModel model : models) {
      var pairs = ScoredExamples.pair(reference.examples(), model.examples());
      var comparison = bootstrap.compare(pairs);
      lines.add(new Line(model, comparison.b(), comparison.difference()));
    }
  }

  private ComparedModel model(String name) {
    return models.stream().filter(one -> one.name().equals(name)).findFirst().orElseThrow();
  }

  void print(PrintWriter out) {
    out.printf(
        Locale.ROOT,
        "%,d impressions measured over %d days after %d of warm-up, tastes turn %s in a day%n",
        models.get(0).examples().size(),
        settings.days() - settings.warmUp(),
        settings.warmUp(),
        settings.conditions().drift());
    out.printf(ROW, "", "logloss", "95 %", "AUC", "95 %", "logloss to 1 min", "excess");
    for (Line line : lines) {
      Estimate logloss = line.figures.get("logloss");
      Estimate auc = line.figures.get("auc");
      Estimate difference = line.difference.get("logloss");
      boolean itself = line.model.name().equals(DriftRun.EVERY_MINUTE);
      out.printf(
          ROW,
          line.model.name(),
          String.format(Locale.ROOT, "%.4f", logloss.value()),
          String.format(Locale.ROOT, "%.4f … %.4f", logloss.low(), logloss.high()),
          String.format(Locale.ROOT, "%.4f", auc.value()),
          String.format(Locale.ROOT, "%.4f … %.4f", auc.low(), auc.high()),
          itself
              ? ""
              : String.format(
                  Locale.ROOT,
                  "%+.4f ± %.4f",
                  difference.value(),
                  (difference.high() - difference.low()) / 2),
          String.format(Locale.ROOT, "%.5f", line.model.all().excess()));
    }
    out.flush();
  }

  ObjectNode json() {
    ObjectNode all = JsonNodeFactory.instance.objectNode();
    all.put("bench", "drift").put("seed", settings.conditions().seed());
    all.put("days", settings.days()).put("warm_up_days", settings.warmUp());
    all.put("retrain_days", settings.window());
    all.put("per_second", settings.conditions().perSecond());
    all.put("drift", settings.conditions().drift());
    for (Line line : lines) {
      ObjectNode model = all.withArray("models").addObject();
      model.put("model", line.model.name()).put("examples", line.model.examples().size());
      model.put("excess_loss", line.model.all().excess());
      line.figures.forEach((name, figure) -> put(model, name, figure));
      line.difference.forEach((name, figure) -> put(model, name + "_to_1_min", figure));
      for (Scores day : line.model.days()) {
        ObjectNode of = model.withArray("days_measured").addObject();
        of.put("examples", day.metrics().examples()).put("logloss", day.metrics().logloss());
        of.put("auc", day.metrics().auc()).put("excess_loss", day.excess());
      }
    }
    return all;
  }

  private static void put(ObjectNode model, String name, Estimate figure) {
    if (Double.isFinite(figure.value())) {
      ObjectNode of = model.putObject(name).put("value", figure.value());
      if (Double.isFinite(figure.low())) {
        of.put("low", figure.low()).put("high", figure.high());
      }
    }
  }

  String plot() {
    List<CurvePlot.Curve> curves = new ArrayList<>();
    curves.add(curve("frozen", DriftRun.FROZEN));
    curves.add(curve("daily", DriftRun.RETRAINED));
    curves.add(curve("live", DriftRun.EVERY_MINUTE));
    curves.add(curve("best", DriftRun.BEST));
    return CurvePlot.overElapsedTime("logloss by day", curves, 3);
  }

  private CurvePlot.Curve curve(String label, String name) {
    List<Point> points = new ArrayList<>();
    for (Scores day : model(name).days()) {
      long time = (settings.warmUp() + points.size()) * DriftRun.DAY + DriftRun.DAY / 2;
      points.add(new Point(time, day.metrics().logloss(), day.metrics().examples()));
    }
    return new CurvePlot.Curve(label, points);
  }
}
