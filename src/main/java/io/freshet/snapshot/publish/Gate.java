package io.freshet.snapshot.publish;

import io.freshet.snapshot.GateSettings;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Judges whether a version may become the current one: by its parameters, which must be finite
 * numbers; by the {@link BaseRate}, which no task must fall behind; by how many examples were
 * skipped; and by the limits set on how well the last windows were predicted. A figure that is not
 * known yet passes no limit that is set, but nothing is worse than the base rate, and nothing
 * skipped, before that can be said.
 */
final class Gate {
  /** Weight of the expert that predicts the base rate in the learner's mixture, of its figures. */
  static final String BASE_RATE_WEIGHT = "base_rate_weight";

  private static final String SEPARATOR = "."; // in no task's name
  private static final double HALF = 0.5;

  private final GateSettings settings;

  Gate(GateSettings settings) {
    this.settings = settings;
  }

  /**
   * Why a version is to be withheld; nothing where it passes.
   *
   * @param metrics the figures at its checkpoint
   * @param current the figures of the current version; empty without one
   * @param dense the dense part
   * @param nonFinite rows that hold a value which is no finite number
   */
  List<String> reasons(
      Map<String, Double> metrics,
      Map<String, Double> current,
      float[] dense,
      List<Long> nonFinite) {
    List<String> reasons = new ArrayList<>();
    double examples = metrics.getOrDefault(RecentWindows.EXAMPLES, 0.0);
    if (examples < settings.minExamples()) {
      reasons.add(
          String.format(
              Locale.ROOT,
              "%s is %.0f, below %d",
              RecentWindows.EXAMPLES,
              examples,
              settings.minExamples()));
    }
    atMost(RecentWindows.LOGLOSS, settings.maxLogloss(), metrics, reasons);
    atMost(RecentWindows.NE, settings.maxNe(), metrics, reasons);
    atLeast(RecentWindows.CALIBRATION, settings.minCalibration(), metrics, reasons);
    atMost(RecentWindows.CALIBRATION, settings.maxCalibration(), metrics, reasons);
    if (settings.baseRate()) {
      checkBaseRate("", metrics, current, reasons);
      for (String task : tasks(metrics)) {
        checkBaseRate(
            task + SEPARATOR, figuresOf(task, metrics), figuresOf(task, current), reasons);
      }
    }
    double skipped = metrics.getOrDefault(SkippedShare.SHARE, Double.NaN);
    if (skipped > settings.maxSkipped()) {
      reasons.add(
          "too many examples are skipped: "
              + reason(SkippedShare.SHARE, skipped, "above", settings.maxSkipped()));
    }
    checkFinite(dense, nonFinite, reasons);
    return reasons;
  }

  /** Figures of a task in addition to the first, as a manifest names them. */
  static Map<String, Double> named(String task, Map<String, Double> figures) {
    Map<String, Double> named = new HashMap<>();
    figures.forEach((name, figure) -> named.put(task + SEPARATOR + name, figure));
    return named;
  }

  /** A manifest's figures but those of tasks that are not among these. */
  static Map<String, Double> without(Map<String, Double> all, Set<String> tasks) {
    Map<String, Double> figures = new HashMap<>(all);
    figures
        .keySet()
        .removeIf(
            name ->
                name.contains(SEPARATOR)
                    && !tasks.contains(name.substring(0, name.indexOf(SEPARATOR))));
    return figures;
  }

  /** Of a manifest's figures those of such a task, by their own names. */
  static Map<String, Double> figuresOf(String task, Map<String, Double> all) {
    Map<String, Double> figures = new HashMap<>();
    String start = task + SEPARATOR;
    all.forEach(
        (name, figure) -> {
          if (name.startsWith(start)) {
            figures.put(name.substring(start.length()), figure);
          }
        });
    return figures;
  }

  /** The tasks in addition to the first that there are figures of. */
  private static SortedSet<String> tasks(Map<String, Double> metrics) {
    String end = SEPARATOR + RecentWindows.EXAMPLES;
    return metrics.keySet().stream()
        .filter(name -> name.endsWith(end))
        .map(name -> name.substring(0, name.length() - end.length()))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** Comparisons with NaN, where a figure is not known, are false. */
  private static void checkBaseRate(
      String task, Map<String, Double> metrics, Map<String, Double> current, List<String> reasons) {
    double ne = metrics.getOrDefault(RecentWindows.NE, Double.NaN);
    double limit = metrics.getOrDefault(RecentWindows.NE_LIMIT, Double.NaN);
    if (ne > limit) {
      reasons.add(
          String.format(
              Locale.ROOT,
              "worse than the base rate: %s%s is %.5f, and chance explains up to %.5f",
              task,
              RecentWindows.NE,
              ne,
              limit));
    }
    double weight = metrics.getOrDefault(BASE_RATE_WEIGHT, Double.NaN);
    double before = isCold(current) ? Double.NaN : current.get(BASE_RATE_WEIGHT);
    if (weight > HALF && before <= HALF) {
      reasons.add(
          String.format(
              Locale.ROOT,
              "the model adds nothing to the base rate: %s%s is %.3f, and %.3f in the current"
                  + " version",
              task,
              BASE_RATE_WEIGHT,
              weight,
              before));
    }
  }

  /**
   * Whether a version's mixture says nothing yet: it trusts the base rate little at first, whatever
   * the stream, and more and more until the model knows something.
   */
  private static boolean isCold(Map<String, Double> figures) {
    double examples =
        figures.getOrDefault(RecentWindows.EXAMPLES, BaseRate.COLD_EXAMPLES)
            + figures.getOrDefault(RecentWindows.EXAMPLES_BEFORE, 0.0);
    return !figures.containsKey(BASE_RATE_WEIGHT) || examples < BaseRate.COLD_EXAMPLES;
  }

  private static void atMost(
      String figure, double limit, Map<String, Double> metrics, List<String> reasons) {
    double value = metrics.getOrDefault(figure, Double.NaN);
    if (!Double.isNaN(limit) && !(value <= limit)) {
      reasons.add(reason(figure, value, "above", limit));
    }
  }

  private static void atLeast(
      String figure, double limit, Map<String, Double> metrics, List<String> reasons) {
    double value = metrics.getOrDefault(figure, Double.NaN);
    if (!Double.isNaN(limit) && !(value >= limit)) {
      reasons.add(reason(figure, value, "below", limit));
    }
  }

  private static String reason(String figure, double value, String side, double limit) {
    return Double.isNaN(value)
        ? "%s is not known yet".formatted(figure)
        : String.format(Locale.ROOT, "%s is %.5f, %s %s", figure, value, side, limit);
  }

  private static void checkFinite(float[] dense, List<Long> nonFinite, List<String> reasons) {
    for (int i = 0; i < dense.length; i++) {
      if (!Float.isFinite(dense[i])) {
        reasons.add("the dense part holds %s at parameter %s".formatted(dense[i], i));
        break;
      }
    }
    if (!nonFinite.isEmpty()) {
      reasons.add(
          "%s rows hold a value that is no finite number, the first that of %s"
              .formatted(nonFinite.size(), nonFinite.get(0)));
    }
  }
}
