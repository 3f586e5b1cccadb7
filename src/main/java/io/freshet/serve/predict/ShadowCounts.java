package io.freshet.serve.predict;

import java.util.concurrent.atomic.DoubleAdder;
import java.util.concurrent.atomic.LongAdder;

/** What a model has scored without answering. Thread-safe. */
final class ShadowCounts {
  private final LongAdder scored = new LongAdder();
  private final LongAdder dropped = new LongAdder();
  private final LongAdder failed = new LongAdder();
  private final DoubleAdder own = new DoubleAdder();
  private final DoubleAdder answered = new DoubleAdder();

  /**
   * Counts scores, and those that went to the client for the same instances.
   *
   * @param from index of the first in the latter
   */
  void scored(float[] scores, float[] others, int from) {
    for (int i = 0; i < scores.length; i++) {
      if (Float.isFinite(scores[i])) {
        scored.increment();
        own.add(scores[i]);
        answered.add(others[from + i]);
      } else {
        failed.increment();
      }
    }
  }

  void dropped(int instances) {
    dropped.add(instances);
  }

  void failed(int instances) {
    failed.add(instances);
  }

  long instancesScored() {
    return scored.sum();
  }

  long instancesDropped() {
    return dropped.sum();
  }

  long instancesFailed() {
    return failed.sum();
  }

  double ownScores() {
    return own.sum();
  }

  double answeredScores() {
    return answered.sum();
  }
}
