package io.freshet.cli.console.source;

import java.util.Optional;

/** The best figures that the truth of a simulated stream allows, by span of event time. */
public interface BestPossible {
  /** For streams whose truth is unknown. */
  BestPossible UNKNOWN = (from, to, examples) -> Optional.empty();

  /**
   * Returns the best logloss and AUC of a span in epoch milliseconds, or nothing when the stream
   * had other examples in it, as in a window that a stop cut short.
   *
   * @param examples how many were judged
   */
  Optional<Best> best(long from, long to, long examples);

  /** Logloss and AUC; NaN where they have no meaning. */
  record Best(double logloss, double auc) {}
}
