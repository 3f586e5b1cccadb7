package io.freshet.serve.predict;

import java.util.concurrent.atomic.LongAdder;

/** What a model has scored. Thread-safe. */
final class ScoreCounts {
  private final LongAdder instances = new LongAdder();
  private final LongAdder ids = new LongAdder();
  private final LongAdder unknownIds = new LongAdder();
  private final LongAdder notFinite = new LongAdder();

  /** Counts what a good prediction was about. */
  void scored(int examples, long lookups, long unknown) {
    instances.add(examples);
    ids.add(lookups);
    unknownIds.add(unknown);
  }

  /** Counts a request whose score the model could not compute. */
  void notFinite() {
    notFinite.increment();
  }

  long instances() {
    return instances.sum();
  }

  long ids() {
    return ids.sum();
  }

  long unknownIds() {
    return unknownIds.sum();
  }

  long requestsNotFinite() {
    return notFinite.sum();
  }
}
