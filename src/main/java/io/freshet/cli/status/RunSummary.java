package io.freshet.cli.status;

import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.Collectors;

/** The outcome of a run that has ended: how much was learned, how well, and what was not. */
final class RunSummary {
  private static final String QUALITY = "ProgressiveValidation";
  private static final String JOIN = "LabelJoin";
  private static final String PUBLISHER = "SnapshotPublisher";

  private final RunMetrics metrics;
  private final double seconds;
  private final Restarts restarts;

  RunSummary(RunMetrics metrics, double seconds, Restarts restarts) {
    this.metrics = metrics;
    this.seconds = seconds;
    this.restarts = restarts;
  }

  /** Examples that the model has learned from. */
  double learned() {
    return Math.max(0, value("Trainer", "examples") - skipped());
  }

  private double skipped() {
    return metrics.total("Trainer", "skipped");
  }

  String text() {
    return line("impressions", count(impressions()) + late("late_impressions"))
        + line("examples", count(value("Trainer", "examples")) + format(" in %.1f s", seconds))
        + line("skipped", count(skipped()))
        + line("logloss", figure("logloss", "%.4f") + baseRate(QUALITY))
        + line("NE", figure("ne", "%.4f"))
        + line("AUC", figure("auc", "%.4f"))
        + line("calibration", figure("calibration", "%.3f"))
        + furtherTasks()
        + line("dead letters", deadLetters())
        + lateClicks()
        + line("snapshots", snapshots())
        + line("restarts", count(restarts.count()) + lastRestart());
  }

  private static String line(String name, String value) {
    return "  " + name + " ".repeat(14 - name.length()) + value + "\n";
  }

  private double impressions() {
    return value("route_impressions", "events");
  }

  private String late(String figure) {
    double late = value(JOIN, figure);
    return late > 0 ? ", of them " + count(late) + " too late to be learned" : "";
  }

  /** Nothing where labels are not joined. */
  private String lateClicks() {
    OptionalDouble late = metrics.sum(JOIN, "late_clicks");
    return late.isPresent() ? line("late clicks", count(late.getAsDouble()) + orphans()) : "";
  }

  private String orphans() {
    double orphans = value(JOIN, "orphan_clicks");
    return orphans > 0 ? ", and " + count(orphans) + " without an impression" : "";
  }

  /** A line for each task but the first. */
  private String furtherTasks() {
    StringBuilder lines = new StringBuilder();
    for (String task : metrics.further(QUALITY)) {
      String operator = QUALITY + "-" + task;
      lines.append(
          "  task %s: logloss %s%s, NE %s, AUC %s, calibration %s\n"
              .formatted(
                  task,
                  figure(operator, "logloss", "%.4f"),
                  baseRate(operator),
                  figure(operator, "ne", "%.4f"),
                  figure(operator, "auc", "%.4f"),
                  figure(operator, "calibration", "%.3f")));
    }
    return lines.toString();
  }

  private String figure(String name, String format) {
    return figure(QUALITY, name, format);
  }

  private String figure(String operator, String name, String format) {
    OptionalDouble figure = metrics.sum(operator, "evaluate_" + name);
    return figure.isPresent() ? format(format, figure.getAsDouble()) : "not defined";
  }

  /** The logloss of always predicting the mean label, from which NE is made. */
  private String baseRate(String operator) {
    OptionalDouble logloss = metrics.sum(operator, "evaluate_logloss");
    OptionalDouble ne = metrics.sum(operator, "evaluate_ne");
    return logloss.isPresent() && ne.isPresent()
        ? format("  (of the base rate %.4f)", logloss.getAsDouble() / ne.getAsDouble())
        : "";
  }

  private String deadLetters() {
    Map<String, Double> kinds = metrics.byLabel("kind_dead_letters", "<kind>");
    String byKind =
        kinds.entrySet().stream()
            .filter(kind -> kind.getValue() > 0)
            .sorted(Map.Entry.<String, Double>comparingByValue().reversed())
            .map(kind -> kind.getKey() + " " + count(kind.getValue()))
            .collect(Collectors.joining(", "));
    double all = kinds.values().stream().mapToDouble(Double::doubleValue).sum();
    return count(all) + (byKind.isEmpty() ? "" : ": " + byKind);
  }

  private String snapshots() {
    double withheld = metrics.total(PUBLISHER, "snapshot_withheld");
    return count(metrics.total(PUBLISHER, "snapshot_versions"))
        + (withheld > 0 ? ", of them " + count(withheld) + " withheld by the gate" : "");
  }

  private String lastRestart() {
    return restarts.count() > 0 ? ", the last after " + restarts.lastCause() : "";
  }

  /** What may be why nothing was learned. */
  String whyNothing() {
    double dead = value("route_impressions", "dead_letters");
    if (skipped() > 0) {
      return "every example was skipped; the topic of dead letters has each with its reason";
    }
    if (dead > 0 && impressions() == 0) {
      return "every record of the topic of impressions became a dead letter; the topic of dead"
          + " letters has each with its reason";
    }
    if (impressions() > 0) {
      return "no impression became an example: see what was late, and join.policy";
    }
    return "there was no impression or example to learn";
  }

  private double value(String operator, String name) {
    return metrics.sum(operator, name).orElse(0);
  }

  private static String count(double number) {
    return format("%,.0f", number);
  }

  private static String format(String format, double number) {
    return String.format(Locale.ROOT, format, number);
  }
}
