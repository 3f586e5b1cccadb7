package io.freshet.snapshot.publish;

import io.freshet.snapshot.GateSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Judges whether a version may become the current one: by how well the last windows were predicted,
 * and by its parameters, which must be finite numbers. A figure that is not known yet passes no
 * limit.
 */
final class Gate {
  private final GateSettings settings;

  Gate(GateSettings settings) {
    this.settings = settings;
  }

  /**
   * Why a version is to be withheld; nothing where it passes.
   *
   * @param metrics the figures at its checkpoint
   * @param dense the dense part
   * @param nonFinite rows that hold a value which is no finite number
   */
  List<String> reasons(Map<String, Double> metrics, float[] dense, List<Long> nonFinite) {
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
    checkFinite(dense, nonFinite, reasons);
    return reasons;
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
