package io.freshet.evaluate.offline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.freshet.evaluate.metric.MetricsAccumulator;
import io.freshet.evaluate.metric.UserAuc;
import io.freshet.evaluate.offline.Bootstrap.Estimate;
import io.freshet.evaluate.offline.ScoredExamples.Pairs;
import io.freshet.evaluate.report.Metrics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class BootstrapTest {
  private static final Bootstrap BY_ONE = new Bootstrap(Optional.empty(), 1, 42);
  private static final Bootstrap BY_USER = new Bootstrap(Optional.empty(), 200, 42);

  /** Some blocks several times, others not at all, are as examples written down so often. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void figuresOfDrawnBlocksAreThoseOfTheirExamplesRepeated(long seed) {
    Random random = new Random(seed);
    ScoredExamples examples = new ScoredExamples();
    ScoredExamples repeated = new ScoredExamples();
    int[] times = random.ints(20, 0, 4).toArray();
    MetricsAccumulator oracle = new MetricsAccumulator();
    UserAuc users = new UserAuc(Integer.MAX_VALUE);
    for (int i = 0; i < 400; i++) {
      int user = i < 20 ? i : random.nextInt(20);
      float label = random.nextInt(2);
      float weight = (1 + random.nextInt(8)) / 4f;
      float probability = (1 + random.nextInt(30)) / 32f;
      examples.put(i, i, user, label, weight, probability);
      for (int copy = 0; copy < times[user]; copy++) {
        repeated.put(1000L * i + copy, i, 100 * user + copy, label, weight, probability);
        oracle.add(i, label, weight, probability);
        users.add(100 * user + copy, label, weight, probability);
      }
    }

    double[] figures = new BlockMetrics(examples, examples.blocksByUser(), true).of(times);

    Metrics metrics = oracle.metrics();
    assertThat(figures)
        .as("seed %d", seed)
        .containsExactly(
            new double[] {
              metrics.auc(),
              users.result().auc(),
              metrics.logloss(),
              metrics.ne(),
              metrics.calibration()
            },
            within(1e-9));
    assertThat(new BlockMetrics(repeated, repeated.blocksByUser(), true).whole())
        .containsExactly(figures, within(1e-9));
  }

  /** Of 95 % intervals over users whose examples depend on each other, some 95 of 100 hold. */
  @Test
  void intervalsHoldTheTruthAsOftenAsTheySay() {
    int covered = 0;
    int naive = 0;
    int runs = 200;
    double truth = truth();
    for (int run = 0; run < runs; run++) {
      ScoredExamples examples = drawn(new Random(7000 + run), 60);
      Estimate logloss =
          new Bootstrap(Optional.empty(), 200, run).estimate(examples).figures().get("logloss");
      covered += logloss.low() <= truth && truth <= logloss.high() ? 1 : 0;
      Estimate alone =
          new Bootstrap(Optional.of(Duration.ofMillis(1)), 200, run)
              .estimate(examples)
              .figures()
              .get("logloss");
      naive += alone.low() <= truth && truth <= alone.high() ? 1 : 0;
    }

    assertThat(covered / (double) runs).as("first seed 7000").isBetween(0.90, 0.98);
    assertThat(naive / (double) runs).as("examples drawn one by one").isLessThan(0.8);
  }

  @Test
  void aDifferenceIsNarrowerThanTheFiguresItIsOf() {
    ScoredExamples a = drawn(new Random(1), 100);
    ScoredExamples b = new ScoredExamples();
    for (int i = 0; i < a.size(); i++) {
      b.put(i, i, i / 20, a.label(i), a.weight(i), 0.99f * a.probability(i));
    }

    Bootstrap.Comparison comparison = BY_USER.compare(ScoredExamples.pair(a, b));

    Estimate difference = comparison.difference().get("logloss");
    Estimate one = comparison.a().get("logloss");
    assertThat(difference.high() - difference.low()).isLessThan((one.high() - one.low()) / 5);
    assertThat(difference.value())
        .isCloseTo(comparison.b().get("logloss").value() - one.value(), within(1e-12));
    assertThat(comparison.difference().get("auc").value()).isZero();
    assertThat(comparison.difference().get("auc").isClear()).isFalse();
    assertThat(comparison.difference().get("calibration").high()).isNegative();
  }

  @Test
  void everyDrawIsReported() {
    ScoredExamples examples = drawn(new Random(2), 30);
    List<Long> reported = new ArrayList<>();

    new Bootstrap(Optional.empty(), 3, 42).estimate(examples, reported::add);
    new Bootstrap(Optional.empty(), 2, 42)
        .compare(ScoredExamples.pair(examples, examples), reported::add);

    assertThat(reported).containsExactly(1L, 2L, 3L, 1L, 2L);
  }

  @Test
  void oneSeedGivesOneAnswer() {
    ScoredExamples examples = drawn(new Random(2), 30);

    assertThat(BY_USER.estimate(examples)).isEqualTo(BY_USER.estimate(examples));
    assertThat(new Bootstrap(Optional.empty(), 200, 43).estimate(examples))
        .isNotEqualTo(BY_USER.estimate(examples));
  }

  @Test
  void spansOfTimeLeaveTheIntervalWithinUsersOut() {
    Bootstrap.Estimates estimates =
        new Bootstrap(Optional.of(Duration.ofMillis(100)), 50, 1)
            .estimate(drawn(new Random(3), 50));

    assertThat(estimates.blocks()).isEqualTo(10);
    assertThat(estimates.figures().get("gauc").value()).isBetween(0.0, 1.0);
    assertThat(estimates.figures().get("gauc").low()).isNaN();
    assertThat(estimates.figures().get("auc").low())
        .isLessThan(estimates.figures().get("auc").value());
  }

  @Test
  void labelsOfOneClassDefineNoAuc() {
    ScoredExamples examples = new ScoredExamples();
    examples.put(1, 1, 1, 0, 1, 0.5f);

    var figures = BY_USER.estimate(examples).figures();

    assertThat(figures.get("auc").value()).isNaN();
    assertThat(figures.get("ne").low()).isNaN();
    assertThat(figures.get("logloss").value()).isCloseTo(Math.log(2), within(1e-7));
  }

  @Test
  void pairsAreByKeyAndTheLastOfSeveralHolds() {
    ScoredExamples a = new ScoredExamples();
    a.put(1, 0, 1, 1, 1, 0.1f);
    a.put(2, 0, 1, 0, 1, 0.2f);
    a.put(1, 0, 1, 1, 1, 0.3f);
    a.put(4, 0, 1, 0, 1, Float.NaN);
    ScoredExamples b = new ScoredExamples();
    b.put(3, 0, 1, 0, 1, 0.5f);
    b.put(2, 0, 1, 1, 1, 0.6f);
    b.put(1, 0, 1, 1, 1, 0.7f);

    Pairs pairs = ScoredExamples.pair(a, b);

    assertThat(a.repeats()).isEqualTo(1);
    assertThat(a.invalid()).isEqualTo(1);
    assertThat(pairs.differ()).isEqualTo(1);
    assertThat(pairs.a().size()).isEqualTo(1);
    assertThat(pairs.a().probability(0)).isEqualTo(0.3f);
    assertThat(pairs.b().probability(0)).isEqualTo(0.7f);
  }

  /** The logloss over so many users that chance is gone. */
  private static double truth() {
    return BY_ONE.estimate(drawn(new Random(6999), 50_000)).figures().get("logloss").value();
  }

  /** Users of twenty examples and their own taste, which the predictions know nothing of. */
  private static ScoredExamples drawn(Random random, int users) {
    ScoredExamples examples = new ScoredExamples();
    double taste = 0;
    for (int i = 0; i < 20 * users; i++) {
      taste = i % 20 == 0 ? 1.5 * random.nextGaussian() : taste;
      float p = 0.1f + 0.4f * random.nextFloat();
      double truth = 1 / (1 + Math.exp(-(Math.log(p / (1 - p)) + taste)));
      examples.put(i, i, i / 20, random.nextDouble() < truth ? 1 : 0, 1, p);
    }
    return examples;
  }
}
