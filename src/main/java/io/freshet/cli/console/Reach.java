package io.freshet.cli.console;

import java.util.Optional;

/** What the truth of a simulated stream would have reached; asked for spans of event time. */
public interface Reach {
  /** Of streams whose truth nobody knows. */
  Reach UNKNOWN = (from, to) -> Optional.empty();

  /** The best logloss and AUC on the examples of a span, epoch milliseconds. */
  Optional<Best> best(long from, long to);

  /** Logloss and AUC on so many examples; NaN where they have no meaning. */
  record Best(long examples, double logloss, double auc) {}
}
