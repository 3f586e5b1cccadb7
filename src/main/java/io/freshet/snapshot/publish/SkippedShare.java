package io.freshet.snapshot.publish;

import java.util.Map;

/**
 * The share of examples that were skipped as poison lately: from one barrier to the next, or over
 * several where there are fewer than {@value #LEAST} examples between two.
 *
 * <p>Not thread-safe.
 */
final class SkippedShare {
  /** Examples skipped since the stream began, among a checkpoint's figures. */
  static final String SKIPPED = "skipped";

  static final String SHARE = "recent_skipped";

  private static final double LEAST = 20;

  private double examples; // until the share was made last
  private double skipped;
  private Map<String, Double> figures = Map.of();

  /** Goes on from the figures of a checkpoint. */
  void goOnFrom(Map<String, Double> restored) {
    examples = examples(restored);
    skipped = restored.getOrDefault(SKIPPED, 0.0);
    figures = restored.containsKey(SHARE) ? Map.of(SHARE, restored.get(SHARE)) : Map.of();
  }

  /**
   * The share by the figures at a barrier; nothing before it is known.
   *
   * @param totals since the stream began
   */
  Map<String, Double> at(Map<String, Double> totals) {
    double seen = examples(totals) - examples;
    if (seen >= LEAST) {
      double left = totals.getOrDefault(SKIPPED, 0.0) - skipped;
      figures = Map.of(SHARE, Math.min(1, left / seen));
      examples += seen;
      skipped += left;
    }
    return figures;
  }

  private static double examples(Map<String, Double> totals) {
    return totals.getOrDefault("examples", 0.0) + totals.getOrDefault("invalid", 0.0);
  }
}
