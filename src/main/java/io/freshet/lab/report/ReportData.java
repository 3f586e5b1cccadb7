package io.freshet.lab.report;

import static java.util.Objects.requireNonNull;

import io.freshet.lab.report.plot.Point;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * All that the report page shows of a run.
 *
 * @param title the learner's name or what was learned
 * @param made when the report was made
 * @param window length of the windows that the curves' points stand for
 * @param settings the settings used, in the order to be shown
 * @param breakdown what stands behind the figures
 */
public record ReportData(
    String title,
    Instant made,
    Duration window,
    Summary summary,
    Curves curves,
    Funnel funnel,
    List<PublishedSnapshot> snapshots,
    Map<String, String> settings,
    Breakdown breakdown) {

  /** A report without a breakdown. */
  public ReportData(
      String title,
      Instant made,
      Duration window,
      Summary summary,
      Curves curves,
      Funnel funnel,
      List<PublishedSnapshot> snapshots,
      Map<String, String> settings) {
    this(title, made, window, summary, curves, funnel, snapshots, settings, Breakdown.NONE);
  }

  public ReportData {
    requireNonNull(title, "title");
    requireNonNull(made, "made");
    requireNonNull(window, "window");
    requireNonNull(summary, "summary");
    requireNonNull(curves, "curves");
    requireNonNull(funnel, "funnel");
    requireNonNull(breakdown, "breakdown");
    snapshots = List.copyOf(snapshots);
    settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
  }

  /**
   * Curves, each in order of time; those of what is best reachable are empty where it is unknown.
   *
   * @param throughput examples per second; its times are milliseconds since the run began
   */
  public record Curves(
      List<Point> logloss,
      List<Point> bestLogloss,
      List<Point> auc,
      List<Point> bestAuc,
      List<Point> calibration,
      List<Point> throughput) {

    public Curves {
      logloss = List.copyOf(logloss);
      bestLogloss = List.copyOf(bestLogloss);
      auc = List.copyOf(auc);
      bestAuc = List.copyOf(bestAuc);
      calibration = List.copyOf(calibration);
      throughput = List.copyOf(throughput);
    }
  }

  /**
   * How events became examples.
   *
   * @param waiting impressions whose label was not decided when the run ended
   */
  public record Funnel(
      long impressions,
      long clicks,
      long positives,
      long negatives,
      long waiting,
      long lateClicks,
      long deadLetters) {}

  /**
   * A snapshot in the list of those published.
   *
   * @param kind full or delta
   * @param rows rows of the embedding table it holds
   * @param bytes size of its files
   */
  public record PublishedSnapshot(
      String version, String kind, long rows, long bytes, Instant published) {

    public PublishedSnapshot {
      requireNonNull(version, "version");
      requireNonNull(kind, "kind");
      requireNonNull(published, "published");
    }
  }
}
