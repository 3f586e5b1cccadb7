package io.freshet.evaluate.report;

import static java.util.Objects.requireNonNull;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The figures of progressive validation at one moment.
 *
 * @param window the window of event time closed last; {@link Metrics#NONE} before there is one
 * @param sinceStart all examples so far, those of windows still open included
 * @param occurrences feature occurrences of all examples so far: the sum of {@code updates} over
 *     the embedding table, if every example has counted exactly once
 * @param invalid predictions so far that were no probability; no metric holds them
 * @param late examples so far whose window was closed before they came; only in {@code sinceStart}
 * @param series which predictions were held against which labels
 * @param slice which examples, where it is not all
 * @param windowSpread how the window's are spread over users and predictions
 * @param spread how all so far are
 * @param users how many distinct ones there are in a row
 * @param task of several that the predictions are of; empty in a model of one
 */
public record MetricsReport(
    Metrics window,
    Metrics sinceStart,
    long occurrences,
    long invalid,
    long late,
    MetricsSeries series,
    Optional<Slice> slice,
    Spread windowSpread,
    Spread spread,
    UsersSeen users,
    String task) {
  /** The names of all figures, in the order of {@link #asMap}. */
  public static final List<String> FIGURES =
      List.copyOf(new MetricsReport(Metrics.NONE, Metrics.NONE, 0, 0, 0).figures().keySet());

  public MetricsReport {
    requireNonNull(window, "window");
    requireNonNull(sinceStart, "sinceStart");
    requireNonNull(series, "series");
    requireNonNull(slice, "slice");
    requireNonNull(windowSpread, "windowSpread");
    requireNonNull(spread, "spread");
    requireNonNull(users, "users");
    requireNonNull(task, "task");
  }

  /** A report of the learner's own predictions. */
  public MetricsReport(
      Metrics window, Metrics sinceStart, long occurrences, long invalid, long late) {
    this(window, sinceStart, occurrences, invalid, late, Optional.empty());
  }

  private MetricsReport(
      Metrics window,
      Metrics sinceStart,
      long occurrences,
      long invalid,
      long late,
      Optional<Slice> slice) {
    this(
        window,
        sinceStart,
        occurrences,
        invalid,
        late,
        MetricsSeries.PROGRESSIVE,
        slice,
        Spread.NONE,
        Spread.NONE,
        UsersSeen.NONE,
        "");
  }

  /** A report of one slice. */
  public static MetricsReport of(Slice slice, Metrics window, Metrics sinceStart) {
    return new MetricsReport(window, sinceStart, 0, 0, 0, Optional.of(slice));
  }

  /** Returns a copy of another series, of a task. */
  public MetricsReport of(MetricsSeries other, String named) {
    return new MetricsReport(
        window,
        sinceStart,
        occurrences,
        invalid,
        late,
        other,
        slice,
        windowSpread,
        spread,
        users,
        named);
  }

  /**
   * Every figure under its name: {@code logloss} since start, {@code window_logloss} of the window.
   * Figures that are not defined are left out.
   */
  public Map<String, Double> asMap() {
    Map<String, Double> map = figures();
    map.values().removeIf(value -> value.isNaN());
    return map;
  }

  private Map<String, Double> figures() {
    Map<String, Double> map = new LinkedHashMap<>();
    put(map, "", sinceStart);
    map.put("occurrences", (double) occurrences);
    map.put("invalid", (double) invalid);
    map.put("late", (double) late);
    put(map, "", spread);
    map.put("users_per_64", users.per64());
    map.put("users_per_512", users.per512());
    put(map, "window_", window);
    put(map, "window_", windowSpread);
    return map;
  }

  private static void put(Map<String, Double> map, String prefix, Spread spread) {
    map.put(prefix + "gauc", spread.gauc().auc());
    map.put(prefix + "gauc_left_out", spread.gauc().leftOut());
    map.put(prefix + "calibration_error", spread.calibrationError());
  }

  private static void put(Map<String, Double> map, String prefix, Metrics metrics) {
    map.put(prefix + "examples", (double) metrics.examples());
    map.put(prefix + "positives", metrics.positives());
    map.put(prefix + "ctr", metrics.ctr());
    map.put(prefix + "logloss", metrics.logloss());
    map.put(prefix + "auc", metrics.auc());
    map.put(prefix + "ne", metrics.ne());
    map.put(prefix + "calibration", metrics.calibration());
  }
}
