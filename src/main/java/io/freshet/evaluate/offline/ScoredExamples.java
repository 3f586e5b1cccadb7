package io.freshet.evaluate.offline;

import io.freshet.evaluate.metric.MetricsAccumulator;
import io.freshet.evaluate.metric.RankSum;
import io.freshet.model.batch.LongIndex;
import java.time.Duration;
import java.util.Arrays;

/**
 * Predictions held against labels, in memory, for figures with intervals: some 50 bytes each. An
 * example that is put again under its key replaces itself.
 *
 * <p>Not thread-safe.
 */
public final class ScoredExamples {
  private final LongIndex index = new LongIndex(1024);
  private long[] times = new long[1024];
  private long[] users = new long[1024];
  private float[] labels = new float[1024];
  private float[] weights = new float[1024];
  private float[] probabilities = new float[1024];
  private long repeats;
  private long invalid;

  /**
   * Takes an example, unless its numbers are no label, weight and probability.
   *
   * @param key of the example: the same for one that is emitted again
   */
  public void put(long key, long time, long user, float label, float weight, float probability) {
    if (!MetricsAccumulator.isValid(label, weight, probability)) {
      invalid++;
      return;
    }
    int before = index.size();
    int row = index.add(key);
    repeats += index.size() == before ? 1 : 0;
    if (row == times.length) {
      grow(2 * row);
    }
    times[row] = time;
    users[row] = user;
    labels[row] = label;
    weights[row] = weight;
    probabilities[row] = probability;
  }

  public int size() {
    return index.size();
  }

  public long repeats() {
    return repeats;
  }

  /** Examples left out because they hold no label, weight or probability. */
  public long invalid() {
    return invalid;
  }

  /** The examples of two learners that both have, with the same labels and weights. */
  public static Pairs pair(ScoredExamples a, ScoredExamples b) {
    ScoredExamples ofA = new ScoredExamples();
    ScoredExamples ofB = new ScoredExamples();
    long differ = 0;
    for (int i = 0; i < a.size(); i++) {
      int j = b.index.find(a.index.key(i));
      if (j >= 0 && a.labels[i] == b.labels[j] && a.weights[i] == b.weights[j]) {
        ofA.take(a, i, i);
        ofB.take(b, j, i);
      } else if (j >= 0) {
        differ++;
      }
    }
    return new Pairs(ofA, ofB, differ);
  }

  /**
   * Examples that two learners predicted, in the same order.
   *
   * @param differ examples that both have, but with other labels or weights; they are left out
   */
  public record Pairs(ScoredExamples a, ScoredExamples b, long differ) {}

  private void take(ScoredExamples other, int row, int key) {
    put(
        key,
        other.times[row],
        other.users[row],
        other.labels[row],
        other.weights[row],
        other.probabilities[row]);
  }

  /** Numbers the blocks from 0 on: each user's examples are one. */
  int[] blocksByUser() {
    LongIndex blocks = new LongIndex(1024);
    int[] of = new int[size()];
    Arrays.setAll(of, i -> blocks.add(users[i]));
    return of;
  }

  /** Numbers the blocks from 0 on: those of one span of time are one. */
  int[] blocksByTime(Duration span) {
    LongIndex blocks = new LongIndex(1024);
    int[] of = new int[size()];
    Arrays.setAll(of, i -> blocks.add(Math.floorDiv(times[i], span.toMillis())));
    return of;
  }

  float label(int i) {
    return labels[i];
  }

  float weight(int i) {
    return weights[i];
  }

  float probability(int i) {
    return probabilities[i];
  }

  /** Places in ascending order of predictions; low 32 bits of each. */
  long[] order() {
    return RankSum.order(probabilities, size());
  }

  private void grow(int rows) {
    times = Arrays.copyOf(times, rows);
    users = Arrays.copyOf(users, rows);
    labels = Arrays.copyOf(labels, rows);
    weights = Arrays.copyOf(weights, rows);
    probabilities = Arrays.copyOf(probabilities, rows);
  }
}
