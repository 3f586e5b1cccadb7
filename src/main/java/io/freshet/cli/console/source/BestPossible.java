package io.freshet.cli.console.source;

import java.util.Optional;

/**
 * What the truth of a simulated stream would have reached; asked for the examples of spans of event
 * time.
 */
public interface BestPossible {
  /** Of streams whose truth nobody knows. */
  BestPossible UNKNOWN = (from, to, examples) -> Optional.empty();

  /**
   * The best logloss and AUC on the examples of a span, epoch milliseconds; nothing if those that
   * were judged must be others, as in a window that a stop cut short.
   *
   * @param examples how many were judged
   */
  Optional<Best> best(long from, long to, long examples);

  /** Logloss and AUC; NaN where they have no meaning. */
  record Best(double logloss, double auc) {}
}
