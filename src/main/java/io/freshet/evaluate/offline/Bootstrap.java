package io.freshet.evaluate.offline;

import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.LongConsumer;

/**
 * Figures with 95 % intervals, by the bootstrap over blocks (Efron and Tibshirani 1993, chapters 8
 * and 13; Künsch 1989): as many blocks as there are, drawn with replacement, the figures computed
 * of what was drawn, and of all draws the quantiles at 2.5 and 97.5 %.
 *
 * <p>Blocks are drawn whole since their examples depend on each other: one user's on that user's
 * taste, those of one hour on what was up. Intervals that take examples as independent are too
 * narrow. A difference of two learners is that of their figures over the same draw, so what both
 * find hard cancels.
 *
 * @param blocks length of the blocks in time; nothing for one block a user
 * @param replicates how many draws
 * @param seed of the draws
 */
public record Bootstrap(Optional<Duration> blocks, int replicates, long seed) {

  /** A metric and its confidence interval; bounds are NaN where too few draws define it. */
  public record Estimate(double value, double low, double high) {
    /** Whether the interval leaves 0 out. */
    public boolean isClear() {
      return low > 0 || high < 0;
    }
  }

  /** Figures by name, as in {@code auc}. */
  public record Estimates(Map<String, Estimate> figures, int blocks) {}

  /** Two learners and their difference, the second less the first. */
  public record Comparison(
      Map<String, Estimate> a,
      Map<String, Estimate> b,
      Map<String, Estimate> difference,
      int blocks) {}

  public Bootstrap {
    if (replicates < 1) {
      throw new IllegalArgumentException("replicates: " + replicates + " is below 1");
    }
  }

  public Estimates estimate(ScoredExamples examples) {
    return estimate(examples, draws -> {});
  }

  /** The same; {@code progress} receives how many draws were made so far. */
  public Estimates estimate(ScoredExamples examples, LongConsumer progress) {
    BlockMetrics of = figures(examples);
    return new Estimates(estimates(of.whole(), draws(progress, of)[0]), of.blocks());
  }

  public Comparison compare(ScoredExamples.Pairs pairs) {
    return compare(pairs, draws -> {});
  }

  /** The same; {@code progress} receives how many draws were made so far. */
  public Comparison compare(ScoredExamples.Pairs pairs, LongConsumer progress) {
    BlockMetrics a = figures(pairs.a());
    BlockMetrics b = figures(pairs.b());
    double[][][] drawn = draws(progress, a, b);
    double[][] differences = new double[replicates][];
    Arrays.setAll(differences, i -> minus(drawn[1][i], drawn[0][i]));
    return new Comparison(
        estimates(a.whole(), drawn[0]),
        estimates(b.whole(), drawn[1]),
        estimates(minus(b.whole(), a.whole()), differences),
        a.blocks());
  }

  private BlockMetrics figures(ScoredExamples examples) {
    return blocks
        .map(span -> new BlockMetrics(examples, examples.blocksByTime(span), false))
        .orElseGet(() -> new BlockMetrics(examples, examples.blocksByUser(), true));
  }

  /** The figures of each learner in each draw; learners share the draws. */
  private double[][][] draws(LongConsumer progress, BlockMetrics... learners) {
    double[][][] drawn = new double[learners.length][replicates][];
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < replicates; i++) {
      int[] times = draw(learners[0].blocks(), random);
      for (int learner = 0; learner < learners.length; learner++) {
        drawn[learner][i] = learners[learner].of(times);
      }
      progress.accept(i + 1);
    }
    return drawn;
  }

  private static int[] draw(int blocks, SplittableRandom random) {
    int[] times = new int[blocks];
    for (int i = 0; i < blocks; i++) {
      times[random.nextInt(blocks)]++;
    }
    return times;
  }

  private static double[] minus(double[] from, double[] what) {
    double[] difference = new double[from.length];
    Arrays.setAll(difference, i -> from[i] - what[i]);
    return difference;
  }

  private static Map<String, Estimate> estimates(double[] whole, double[][] drawn) {
    Map<String, Estimate> estimates = new LinkedHashMap<>();
    for (BlockMetrics.Name name : BlockMetrics.Name.values()) {
      int figure = name.ordinal();
      double[] values =
          Arrays.stream(drawn)
              .mapToDouble(of -> of[figure])
              .filter(Double::isFinite)
              .sorted()
              .toArray();
      boolean enough = values.length >= drawn.length / 2 && values.length > 1;
      estimates.put(
          name.name().toLowerCase(Locale.ROOT),
          new Estimate(
              whole[figure],
              enough ? quantile(values, 0.025) : Double.NaN,
              enough ? quantile(values, 0.975) : Double.NaN));
    }
    return estimates;
  }

  /** Between neighbors, the line. */
  private static double quantile(double[] sorted, double share) {
    double at = share * (sorted.length - 1);
    int below = (int) at;
    int above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
  }
}
