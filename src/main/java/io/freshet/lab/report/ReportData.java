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
 * The content of a run's report page.
 *
 * @param title the learner's name or what was learned
 * @param window length of the windows behind the curves' points
 * @param settings in the order to be shown
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
   * Curves by time; those of the best possible are empty where it is unknown.
   *
   * @param throughput examples a second, by milliseconds since the run began
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
   * @param waiting impressions without a label at the end of the run
   */
  public record Funnel(
      long impressions,
      long clicks,
      long positives,
      long negatives,
      long waiting,
      long lateClicks,
      long deadLetters) {}

  /** A published snapshot, a full or a delta, with the rows and bytes that it contains. */
  public record PublishedSnapshot(
      String version, String kind, long rows, long bytes, Instant published) {

    public PublishedSnapshot {
      requireNonNull(version, "version");
      requireNonNull(kind, "kind");
      requireNonNull(published, "published");
    }
  }
}
