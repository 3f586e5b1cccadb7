package io.freshet.join.breaker;

import java.time.Duration;
import java.util.Arrays;
import java.util.NavigableMap;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.stream.DoubleStream;

/**
 * How many clicks came, and how many the impressions let expect.
 *
 * <p>Event time is cut in buckets. With I(j) the impressions shown in bucket j, and r(l) the clicks
 * that an impression usually gets l buckets after its own,
 *
 * <pre>
 * expected(j) = Σ I(j − l) · r(l)     r(l) = Σ γ^a · clicks of lag l / Σ γ^a · I
 * </pre>
 *
 * <p>where the sums of r run over the buckets that were {@link #learn}ed, a buckets ago. So a rise
 * of traffic does not look like a lack of clicks, though they come later. Only clicks that found
 * their impression are counted, each once: those that no longer find any are missing, too.
 *
 * <p>Memory: the buckets of one attribution window, of the longest test and of what is held; with
 * at most {@value #MOST_LAGS} counts each of those that are not learned yet.
 */
final class ClickRateEstimator {
  private static final int MOST_LAGS = 512;

  /** Buckets that one test may span. */
  static final int LONGEST_TEST = 360;

  private final long width;
  private final int lags;
  private final double decay;
  private final NavigableMap<Long, Bucket> buckets = new TreeMap<>();
  private final double[] clicked; // by lag, the sums of r
  private final double[] shown;
  private long unlearned = Long.MIN_VALUE; // no bucket before it will be learned
  private double[] ratesUpTo; // null where r has changed: each impression and negative asks for it

  ClickRateEstimator(Duration bucket, Duration attributionWindow, Duration memory) {
    long window = attributionWindow.toMillis();
    width = Math.max(bucket.toMillis(), (window + MOST_LAGS - 3) / (MOST_LAGS - 2));
    lags = (int) (window / width) + 2;
    decay = Math.exp(-(double) width / memory.toMillis());
    clicked = new double[lags];
    shown = new double[lags];
  }

  private static final class Bucket {
    double impressions;
    double clicks;
    double[] byLag; // null where it will not be learned

    Bucket(double[] byLag) {
      this.byLag = byLag;
    }

    /** How many lags have counts before all others are zero. */
    int lags() {
      int lags = byLag == null ? 0 : byLag.length;
      while (lags > 0 && byLag[lags - 1] == 0) {
        lags--;
      }
      return lags;
    }
  }

  /** The bucket of a time. */
  long bucket(long time) {
    return Math.floorDiv(time, width);
  }

  /** When a bucket ends. */
  long end(long bucket) {
    return (bucket + 1) * width;
  }

  /** Buckets after its own in which an impression may be clicked, its own included. */
  int lags() {
    return lags;
  }

  void impression(long shownAt) {
    at(bucket(shownAt)).impressions++;
  }

  /** A click that counts for its impression. */
  void click(long shownAt, long clickedAt) {
    long bucket = bucket(Math.max(shownAt, clickedAt));
    Bucket counts = at(bucket);
    counts.clicks++;
    if (counts.byLag != null) {
      counts.byLag[(int) Math.min(lags - 1, bucket - bucket(shownAt))]++;
    }
  }

  double came(long bucket) {
    Bucket counts = buckets.get(bucket);
    return counts == null ? 0 : counts.clicks;
  }

  /** Clicks to expect in each bucket of a range, its last included. */
  double[] expected(long from, long to) {
    long first = from - lags + 1;
    double[] impressions = new double[(int) (to - first) + 1];
    buckets
        .subMap(first, true, to, true)
        .forEach((bucket, counts) -> impressions[(int) (bucket - first)] = counts.impressions);
    double[] oldestFirst = new double[lags];
    for (int lag = 0; lag < lags; lag++) {
      oldestFirst[lags - 1 - lag] = rate(lag);
    }
    double[] expected = new double[impressions.length - lags + 1];
    for (int j = 0; j < expected.length; j++) {
      for (int i = 0; i < lags; i++) {
        expected[j] += impressions[j + i] * oldestFirst[i];
      }
    }
    return expected;
  }

  /**
   * The variance of the sum of {@link #expected}, as each rate is of so many clicks and no more: Σ
   * (Σ I(j − l))² · Var r(l), with clicks as Poisson's.
   */
  double variance(long from, long to) {
    double variance = 0;
    for (int lag = 0; lag < lags; lag++) {
      if (clicked[lag] > 0) {
        double impressions = 0;
        for (Bucket bucket : buckets.subMap(from - lag, true, to - lag, true).values()) {
          impressions += bucket.impressions;
        }
        double times = impressions / shown[lag];
        variance += times * times * clicked[lag];
      }
    }
    return variance;
  }

  /** Which share of the clicks of an impression would usually come in a range of buckets. */
  double share(long shownAt, long from, long to) {
    long shownIn = bucket(shownAt);
    double[] upTo = ratesUpTo();
    double inRange = upTo[lag(to - shownIn)] - upTo[lag(from - shownIn)];
    return inRange <= 0 ? 0 : inRange / clickRate();
  }

  private int lag(long buckets) {
    return (int) Math.max(0, Math.min(lags, buckets));
  }

  /** Takes a bucket into the usual rate, unless it is none of those to be learned. */
  void learn(long bucket) {
    if (bucket < unlearned) {
      return;
    }
    ratesUpTo = null;
    Bucket counts = buckets.get(bucket);
    for (int lag = 0; lag < lags; lag++) {
      Bucket before = buckets.get(bucket - lag);
      clicked[lag] = decay * clicked[lag] + (counts == null ? 0 : counts.byLag[lag]);
      shown[lag] = decay * shown[lag] + (before == null ? 0 : before.impressions);
    }
  }

  /** Forgets the usual rate. */
  void unlearn() {
    ratesUpTo = null;
    Arrays.fill(clicked, 0);
    Arrays.fill(shown, 0);
  }

  /** No bucket before this one will be learned: forgets the lags of their clicks. */
  void learnNoneBefore(long bucket) {
    if (bucket > unlearned) {
      buckets.subMap(unlearned, bucket).values().forEach(counts -> counts.byLag = null);
      unlearned = bucket;
    }
  }

  /** Forgets the buckets that no test from the given one on can reach. */
  void forgetBefore(long bucket) {
    buckets.headMap(bucket - lags - LONGEST_TEST).clear();
  }

  /** The first bucket from the given one on in which something came. */
  OptionalLong firstFrom(long bucket) {
    Long first = buckets.ceilingKey(bucket);
    return first == null ? OptionalLong.empty() : OptionalLong.of(first);
  }

  /** The last bucket in which something came. */
  OptionalLong last() {
    return buckets.isEmpty() ? OptionalLong.empty() : OptionalLong.of(buckets.lastKey());
  }

  /** Whether nothing came that a test of the bucket can see. */
  boolean isQuietAt(long bucket) {
    return buckets.subMap(bucket - lags - LONGEST_TEST, true, bucket, true).isEmpty();
  }

  /** Clicks that an impression usually gets. */
  double clickRate() {
    return ratesUpTo()[lags];
  }

  /** By lag, the clicks that an impression usually gets before it; changes with what is learned. */
  private double[] ratesUpTo() {
    if (ratesUpTo == null) {
      ratesUpTo = new double[lags + 1];
      for (int lag = 0; lag < lags; lag++) {
        ratesUpTo[lag + 1] = ratesUpTo[lag] + rate(lag);
      }
    }
    return ratesUpTo;
  }

  private double rate(int lag) {
    return shown[lag] == 0 ? 0 : clicked[lag] / shown[lag];
  }

  private Bucket at(long bucket) {
    return buckets.computeIfAbsent(
        bucket, any -> new Bucket(bucket < unlearned ? null : new double[lags]));
  }

  /**
   * What it knows, as numbers: its shape, with the width of its buckets below zero, the first
   * bucket that may be learned, the sums of r, then bucket by bucket its counts, and how many by
   * lag follow before others are zero.
   */
  double[] toArray() {
    DoubleStream.Builder all = DoubleStream.builder();
    all.add(-width).add(lags).add(unlearned);
    Arrays.stream(clicked).forEach(all);
    Arrays.stream(shown).forEach(all);
    buckets.forEach(
        (number, counts) -> {
          int lags = counts.lags();
          all.add(number).add(counts.impressions).add(counts.clicks).add(lags);
          for (int lag = 0; lag < lags; lag++) {
            all.add(counts.byLag[lag]);
          }
        });
    return all.build().toArray();
  }

  /**
   * Adds a share of what another knew; nothing of one with other buckets, since the window was set
   * again. One of an earlier version begins with a width above zero, without the first bucket to be
   * learned, and has the counts of all lags of each bucket.
   */
  void addAll(double[] other, double share) {
    boolean isOld = other[0] > 0;
    if (Math.abs(other[0]) != width || other[1] != lags) {
      return;
    }
    ratesUpTo = null;
    int at = 2;
    if (!isOld) {
      learnNoneBefore((long) other[at++]);
    }
    for (int lag = 0; lag < lags; lag++) {
      clicked[lag] += share * other[at + lag];
      shown[lag] += share * other[at + lags + lag];
    }
    at += 2 * lags;
    while (at < other.length) {
      Bucket counts = at((long) other[at]);
      counts.impressions += share * other[at + 1];
      counts.clicks += share * other[at + 2];
      int stored = isOld ? lags : (int) other[at + 3];
      at += isOld ? 3 : 4;
      for (int lag = 0; counts.byLag != null && lag < stored; lag++) {
        counts.byLag[lag] += share * other[at + lag];
      }
      at += stored;
    }
  }
}
