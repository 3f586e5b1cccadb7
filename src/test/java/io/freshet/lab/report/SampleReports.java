package io.freshet.lab.report;

import io.freshet.lab.report.ReportData.Curves;
import io.freshet.lab.report.ReportData.Funnel;
import io.freshet.lab.report.ReportData.PublishedSnapshot;
import io.freshet.lab.report.plot.Point;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;

/** Made-up runs: a usual one and the odd ones that a page must bear as well. */
final class SampleReports {
  private static final Instant MADE = Instant.parse("2026-11-22T14:03:10Z");
  private static final long START = Instant.parse("2026-11-22T09:00:00Z").toEpochMilli();

  private SampleReports() {}

  static Map<String, ReportData> all() {
    Map<String, ReportData> all = new LinkedHashMap<>();
    all.put("usual", usual());
    all.put("three-minutes", spanning(Duration.ofSeconds(1), 180, 1));
    all.put("twenty-years", spanning(Duration.ofDays(1), 7300, 2));
    all.put("three-weeks", spanning(Duration.ofHours(1), 21 * 24, 3));
    all.put("one-point", spanning(Duration.ofMinutes(1), 1, 4));
    all.put("gaps", gaps());
    all.put("nothing", nothing());
    return all;
  }

  static ReportData usual() {
    return spanning(Duration.ofMinutes(5), 58, 0);
  }

  /** A run that learns over so many windows. */
  static ReportData spanning(Duration window, int windows, long seed) {
    long start = windows > 1000 ? 0 : START;
    Random random = new Random(seed);
    List<Point> best = curve(window, windows, start, t -> 0.402 + noise(random));
    Curves curves =
        new Curves(
            curve(window, windows, start, t -> 0.404 + 0.2 * Math.exp(-8 * t) + noise(random)),
            best,
            curve(window, windows, start, t -> 0.781 - 0.25 * Math.exp(-6 * t) + noise(random)),
            curve(window, windows, start, t -> 0.79 + noise(random)),
            curve(window, windows, start, t -> 1 - 0.3 * Math.exp(-20 * t) + 3 * noise(random)),
            curve(
                Duration.ofSeconds(2),
                48,
                0,
                t -> 14_000 * Math.min(1, 0.2 + 8 * t) + 900 * random.nextGaussian()));
    return new ReportData(
        "ctr-demo", MADE, window, summary(), curves, funnel(), snapshots(4), settings());
  }

  static ReportData gaps() {
    ReportData usual = usual();
    List<Point> auc = new ArrayList<>(usual.curves().auc());
    List<Point> calibration = new ArrayList<>(usual.curves().calibration());
    for (int i : new int[] {0, 1, 2, 3, 5, 20, 21, 22, 57}) {
      Point point = auc.get(i);
      auc.set(i, new Point(point.time(), Double.NaN, point.weight()));
      calibration.set(i, auc.get(i));
    }
    calibration.set(6, new Point(auc.get(6).time(), 41.5, 3));
    Curves curves =
        new Curves(usual.curves().logloss(), List.of(), auc, List.of(), calibration, List.of());
    Summary known = summary();
    Summary summary =
        new Summary(
            261_412,
            250_000,
            18.4,
            0.4123,
            OptionalDouble.empty(),
            Double.NaN,
            OptionalDouble.empty(),
            Double.NaN,
            1.012,
            0,
            0,
            0,
            11_000_000,
            10_999_999);
    return new ReportData(
        "Names with <b>markup</b> & \"quotes\" \u0000 – and " + "a-very-long-name-".repeat(12),
        MADE,
        usual.window(),
        summary,
        curves,
        new Funnel(0, 0, 0, 0, 0, 0, 0),
        snapshots(0),
        Map.of("features[0].name", "<script>alert('x')</script>" + known.events()));
  }

  static ReportData nothing() {
    List<Point> none = List.of();
    Summary summary =
        new Summary(
            0,
            0,
            0,
            Double.NaN,
            OptionalDouble.empty(),
            Double.NaN,
            OptionalDouble.empty(),
            Double.NaN,
            Double.NaN,
            0,
            0,
            0,
            0,
            0);
    return new ReportData(
        "empty",
        MADE,
        Duration.ofMinutes(1),
        summary,
        new Curves(none, none, none, none, none, none),
        new Funnel(0, 0, 0, 0, 0, 0, 0),
        List.of(),
        Map.of());
  }

  static Summary summary() {
    return new Summary(
        1_284_412,
        1_000_000,
        92.37,
        0.41231,
        OptionalDouble.of(0.40174),
        0.78124,
        OptionalDouble.of(0.79012),
        0.8314,
        1.0123,
        1284,
        312,
        4,
        44_000_000,
        44_000_000);
  }

  private static Funnel funnel() {
    return new Funnel(1_004_211, 161_310, 158_022, 841_978, 3_120, 312, 1_284);
  }

  private static List<PublishedSnapshot> snapshots(int n) {
    List<PublishedSnapshot> snapshots = new ArrayList<>();
    for (int i = 1; i <= n; i++) {
      snapshots.add(
          new PublishedSnapshot(
              "5f0c2a71b3d94e08-" + i,
              i == 1 ? "full" : "delta",
              61_204L * i,
              2_939_000L * i,
              MADE.minusSeconds(20L * (n - i) + 3)));
    }
    return snapshots;
  }

  private static Map<String, String> settings() {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("parallelism", "2");
    settings.put("model.kind", "deepfm");
    settings.put("model.embedding-size", "10");
    settings.put("model.hidden-layers", "[128, 64]");
    settings.put("train.batch-size", "256");
    settings.put("train.first-order-optimizer", "{kind: ftrl, alpha: 0.5, beta: 1}");
    settings.put("snapshot.root", "file:///tmp/freshet-demo/snapshots");
    return settings;
  }

  private static List<Point> curve(
      Duration step, int points, long start, DoubleUnaryOperator value) {
    List<Point> curve = new ArrayList<>();
    for (int i = 0; i < points; i++) {
      double at = points == 1 ? 0.5 : i / (points - 1.0);
      curve.add(new Point(start + i * step.toMillis(), value.applyAsDouble(at), 1000));
    }
    return curve;
  }

  private static double noise(Random random) {
    return 0.004 * random.nextGaussian();
  }
}
