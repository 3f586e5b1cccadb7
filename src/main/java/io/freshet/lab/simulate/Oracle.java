package io.freshet.lab.simulate;

import java.time.Duration;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The best that a learner can reach: logloss and AUC of the true probabilities, on the labels that
 * the learner sees.
 *
 * <p>For each bucket of event time it counts clicked and other examples in {@value #BINS} intervals
 * of the logit: about 8 KB a bucket, and an AUC off by less than 0.0001. Buckets count from the
 * epoch. A label's time is that of its decision, as in the join: the click's, or the end of the
 * window where none came.
 *
 * <p>Thread-safe.
 */
public final class Oracle {
  private static final double MOST_DIFFERENCE = 0.05; // duplicates and late clicks make some
  private static final int BINS = 1024;
  private static final double LOGIT_LIMIT = 10;

  private final long width;
  private final NavigableMap<Long, Bucket> buckets = new TreeMap<>();

  /** An oracle for times that are multiples of the width. */
  public Oracle(Duration width) {
    this.width = width.toMillis();
    if (this.width <= 0) {
      throw new IllegalArgumentException("bucket width: " + width + " is not above 0");
    }
  }

  public synchronized Best best() {
    return best(buckets);
  }

  /**
   * The best over the examples decided in a range of event time, epoch milliseconds, widened to
   * whole buckets.
   */
  public synchronized Best best(long from, long to) {
    return best(buckets.subMap(Math.floorDiv(from, width), true, bucket(to), false));
  }

  /**
   * The best over the examples of a range, or nothing if others were judged, as in a window that is
   * cut short, or in the first of a stream, whose positives are held back.
   */
  public Optional<Best> best(long from, long to, long examples) {
    return Optional.of(best(from, to))
        .filter(best -> Math.abs(best.examples() - examples) <= MOST_DIFFERENCE * examples);
  }

  synchronized void add(long decided, double probability, boolean clicked) {
    buckets
        .computeIfAbsent(Math.floorDiv(decided, width), w -> new Bucket())
        .add(probability, clicked);
  }

  private long bucket(long time) {
    return Math.floorDiv(time + width - 1, width);
  }

  private static Best best(NavigableMap<Long, Bucket> buckets) {
    Bucket sum = new Bucket();
    buckets.values().forEach(sum::add);
    return sum.best();
  }

  /** The best that can be reached on some examples; figures are NaN where undefined. */
  public record Best(long examples, long clicks, double logloss, double auc) {}

  private static final class Bucket {
    private final int[] clicked = new int[BINS];
    private final int[] others = new int[BINS];
    private double loss;

    void add(double probability, boolean click) {
      (click ? clicked : others)[bin(probability)]++;
      loss -= Math.log(click ? probability : 1 - probability);
    }

    void add(Bucket other) {
      for (int i = 0; i < BINS; i++) {
        clicked[i] += other.clicked[i];
        others[i] += other.others[i];
      }
      loss += other.loss;
    }

    Best best() {
      long clicks = 0;
      long rest = 0;
      double inOrder = 0; // pairs of a click above another, ties half
      for (int i = 0; i < BINS; i++) {
        inOrder += clicked[i] * (rest + others[i] / 2.0);
        clicks += clicked[i];
        rest += others[i];
      }
      long examples = clicks + rest;
      return new Best(examples, clicks, loss / examples, inOrder / clicks / rest);
    }

    private static int bin(double probability) {
      double logit = Math.log(probability / (1 - probability));
      int bin = (int) ((logit + LOGIT_LIMIT) / (2 * LOGIT_LIMIT) * BINS);
      return Math.max(0, Math.min(BINS - 1, bin));
    }
  }
}
