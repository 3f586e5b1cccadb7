package io.freshet.evaluate.offline;

import io.freshet.evaluate.metric.MetricsAccumulator;
import io.freshet.evaluate.metric.RankSum;
import io.freshet.evaluate.metric.UserHistory;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Figures of examples of which each block counts some number of times: what a bootstrap computes
 * over and over. Sums are made once a block; only the AUC takes a pass over the examples, in an
 * order that is sorted once.
 *
 * <p>The AUC within users is resampled where the blocks are the users; where they are spans of
 * time, which cut users in parts, it is NaN but for the whole.
 */
final class BlockMetrics {
  /** What {@link #of} gives, in order. */
  enum Name {
    AUC,
    GAUC,
    LOGLOSS,
    NE,
    CALIBRATION
  }

  private static final int WEIGHT = 0;
  private static final int LABEL = 1;
  private static final int PREDICTION = 2;
  private static final int LOSS = 3;

  private final int[] sortedBlocks;
  private final double[] sortedPositives;
  private final double[] sortedNegatives;
  private final boolean[] endsTie;
  private final double[][] sums; // of each block
  private final double[][] users; // of each user with both classes: weight, and that times the AUC
  private final boolean byUser;

  /**
   * @param blocks of each example, numbered from 0 on
   * @param byUser whether they are the users
   */
  BlockMetrics(ScoredExamples examples, int[] blocks, boolean byUser) {
    this.byUser = byUser;
    int n = examples.size();
    sums = new double[Arrays.stream(blocks).max().orElse(-1) + 1][4];
    for (int i = 0; i < n; i++) {
      double[] of = sums[blocks[i]];
      double weight = examples.weight(i);
      of[WEIGHT] += weight;
      of[LABEL] += weight * examples.label(i);
      of[PREDICTION] += weight * examples.probability(i);
      of[LOSS] += weight * MetricsAccumulator.loss(examples.label(i), examples.probability(i));
    }
    sortedBlocks = new int[n];
    sortedPositives = new double[n];
    sortedNegatives = new double[n];
    endsTie = new boolean[n];
    long[] order = examples.order();
    for (int i = 0; i < n; i++) {
      int at = (int) order[i];
      sortedBlocks[i] = blocks[at];
      sortedPositives[i] = (double) examples.weight(at) * examples.label(at);
      sortedNegatives[i] = (double) examples.weight(at) * (1 - examples.label(at));
      endsTie[i] =
          i == n - 1 || examples.probability((int) order[i + 1]) != examples.probability(at);
    }
    users = users(examples, byUser ? blocks : examples.blocksByUser());
  }

  int blocks() {
    return sums.length;
  }

  /** The figures of the examples as they are. */
  double[] whole() {
    int[] once = new int[blocks()];
    Arrays.fill(once, 1);
    double[] figures = of(once);
    if (!byUser) {
      int[] all = new int[users.length];
      Arrays.fill(all, 1);
      figures[Name.GAUC.ordinal()] = gauc(all);
    }
    return figures;
  }

  /**
   * The figures by {@link Name}.
   *
   * @param times how often each block counts
   */
  double[] of(int[] times) {
    double[] total = new double[4];
    for (int block = 0; block < times.length; block++) {
      for (int i = 0; i < 4; i++) {
        total[i] += times[block] * sums[block][i];
      }
    }
    double rate = total[LABEL] / total[WEIGHT];
    double logloss = total[LOSS] / total[WEIGHT];
    double ne = rate > 0 && rate < 1 ? logloss / MetricsAccumulator.loss(rate, rate) : Double.NaN;
    double calibration = total[LABEL] > 0 ? total[PREDICTION] / total[LABEL] : Double.NaN;
    return new double[] {auc(times), byUser ? gauc(times) : Double.NaN, logloss, ne, calibration};
  }

  private double auc(int[] times) {
    RankSum sum = new RankSum();
    double tiedPositives = 0;
    double tiedNegatives = 0;
    for (int i = 0; i < sortedBlocks.length; i++) {
      int count = times[sortedBlocks[i]];
      tiedPositives += count * sortedPositives[i];
      tiedNegatives += count * sortedNegatives[i];
      if (endsTie[i]) {
        sum.add(tiedPositives, tiedNegatives);
        tiedPositives = 0;
        tiedNegatives = 0;
      }
    }
    return sum.auc();
  }

  private double gauc(int[] times) {
    double weights = 0;
    double aucs = 0;
    for (int user = 0; user < users.length; user++) {
      weights += times[user] * users[user][0];
      aucs += times[user] * users[user][1];
    }
    return aucs / weights;
  }

  private static double[][] users(ScoredExamples examples, int[] userOf) {
    UserHistory[] histories =
        IntStream.rangeClosed(0, Arrays.stream(userOf).max().orElse(-1))
            .mapToObj(user -> new UserHistory())
            .toArray(UserHistory[]::new);
    for (int i = 0; i < userOf.length; i++) {
      histories[userOf[i]].add(examples.label(i), examples.weight(i), examples.probability(i));
    }
    double[][] users = new double[histories.length][2];
    for (int user = 0; user < users.length; user++) {
      if (!Double.isNaN(histories[user].auc())) {
        users[user][0] = histories[user].weight();
        users[user][1] = histories[user].weight() * histories[user].auc();
      }
    }
    return users;
  }
}
