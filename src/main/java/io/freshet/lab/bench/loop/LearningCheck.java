package io.freshet.lab.bench.loop;

import io.freshet.model.batch.Predictions;

/**
 * Whether the learner of a benchmark is alive: the speed of one that learns nothing says nothing.
 * Counts predictions that were made before their examples were learned; thread-safe.
 */
public final class LearningCheck {
  /** Examples that a learner has at least learned before it is checked. */
  public static final int LEARNED = 20_000;

  /** Examples that it is checked by. */
  public static final int EXAMPLES = 16_384;

  private long examples;
  private long skipped;
  private double positives;
  private double loss;

  public synchronized void add(Predictions predictions) {
    for (int i = 0; i < predictions.size(); i++) {
      double label = predictions.labels()[i];
      double p = Math.max(1e-7, Math.min(1 - 1e-7, predictions.probabilities()[i]));
      positives += label;
      loss -= label * Math.log(p) + (1 - label) * Math.log(1 - p);
      examples++;
    }
  }

  public synchronized void addSkipped(long more) {
    skipped += more;
  }

  public synchronized long examples() {
    return examples;
  }

  /**
   * Fails unless the learner predicts better than the base rate does, and skipped nothing.
   *
   * @throws IllegalStateException with what is wrong
   */
  public synchronized void assertAlive() {
    double rate = positives / examples;
    double entropy = -rate * Math.log(rate) - (1 - rate) * Math.log(1 - rate);
    assertAlive(loss / examples / entropy, 1, skipped);
  }

  /**
   * The same of figures that the learner reports.
   *
   * @param normalizedEntropy logloss by that of the base rate
   * @param bound what it is below: 1, or a little more of a learner that has just begun
   */
  public static void assertAlive(double normalizedEntropy, double bound, long skipped) {
    if (skipped > 0) {
      throw new IllegalStateException(
          "the learner skipped %s examples: its speed says nothing".formatted(skipped));
    }
    if (!(normalizedEntropy < bound)) {
      throw new IllegalStateException(
          "the learner predicts no better than the base rate (normalized entropy %s): its speed says"
                  .formatted(normalizedEntropy)
              + " nothing");
    }
  }
}
