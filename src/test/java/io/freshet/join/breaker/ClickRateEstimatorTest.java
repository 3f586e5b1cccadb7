package io.freshet.join.breaker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

final class ClickRateEstimatorTest {
  private static final Duration SECOND = Duration.ofSeconds(1);

  private final ClickRateEstimator estimator =
      new ClickRateEstimator(SECOND, Duration.ofSeconds(10), Duration.ofHours(1));

  @Test
  void sharesAddUpToAllClicksAndFollowWhatIsLearned() {
    assertThat(estimator.clickRate()).isZero();
    assertThat(estimator.share(0, 0, 5)).isZero();

    for (int second = 0; second < 100; second++) {
      long time = second * 1000L;
      estimator.impression(time);
      estimator.impression(time);
      estimator.click(time, time + 500); // in its own bucket
      if (second >= 3) {
        estimator.click(time - 3000, time); // three later
      }
      estimator.learn(second);
    }

    assertThat(estimator.clickRate()).isCloseTo(1, within(0.05));
    assertThat(estimator.share(50_000, 50, 51)).isCloseTo(0.5, within(0.02));
    assertThat(estimator.share(50_000, 51, 53)).isZero();
    assertThat(estimator.share(50_000, 53, 54)).isCloseTo(0.5, within(0.02));
    assertThat(estimator.share(50_000, 0, Long.MAX_VALUE)).isCloseTo(1, within(1e-9));
    assertThat(estimator.share(50_000, 0, 50)).isZero();

    estimator.unlearn();

    assertThat(estimator.clickRate()).isZero();
  }

  @Test
  void lagsAreKeptOfBucketsToBeLearnedOnly() {
    var day =
        new ClickRateEstimator(SECOND.multipliedBy(10), Duration.ofDays(1), Duration.ofDays(1));
    for (int bucket = 0; bucket < 1_000; bucket++) {
      for (int lag = 0; lag <= Math.min(bucket, 500); lag++) {
        long clicked = day.end(bucket) - 1;
        day.impression(clicked);
        day.click(day.end(bucket - lag) - 1, clicked);
      }
      day.learn(bucket);
      day.learnNoneBefore(bucket + 1);
      day.forgetBefore(bucket + 1);
    }

    var restored =
        new ClickRateEstimator(SECOND.multipliedBy(10), Duration.ofDays(1), Duration.ofDays(1));
    restored.addAll(day.toArray(), 1);

    assertThat(day.toArray()).hasSizeLessThan(5_000); // 8 bytes each; with all lags 450,000
    assertThat(restored.toArray()).isEqualTo(day.toArray());
    assertThat(restored.expected(990, 1_000)).isEqualTo(day.expected(990, 1_000));
    assertThat(restored.variance(990, 1_000)).isEqualTo(day.variance(990, 1_000));
  }

  @Test
  void whatIsLearnedOnceIsNotLearnedAgain() {
    estimator.impression(0);
    estimator.click(0, 1);
    estimator.learn(0);
    estimator.learnNoneBefore(1);
    double[] learned = estimator.toArray();

    estimator.learn(0);

    assertThat(estimator.toArray()).isEqualTo(learned);
  }

  @Test
  void stateOfAnEarlierVersionIsRead() {
    int lags = estimator.lags();
    double[] old = new double[2 + 2 * lags + 2 * (3 + lags)];
    old[0] = 1000;
    old[1] = lags;
    old[2 + 3] = 5; // clicks of lag 3
    Arrays.fill(old, 2 + lags, 2 + 2 * lags, 100);
    int at = 2 + 2 * lags;
    old[at] = 7; // a bucket, its impressions, its clicks
    old[at + 1] = 40;
    at += 3 + lags;
    old[at] = 10;
    old[at + 2] = 3;
    old[at + 3 + 3] = 3;

    estimator.addAll(old, 0.5);

    assertThat(estimator.clickRate()).isEqualTo(0.05);
    assertThat(estimator.expected(10, 10)).containsExactly(20 * 0.05);
    assertThat(estimator.came(10)).isEqualTo(1.5);
    estimator.learn(10);
    assertThat(estimator.clickRate()).isCloseTo((2.5 + 1.5) / (50 + 20), within(1e-3));
  }

  /** Asked for each impression: a sum over all lags each time would take seconds. */
  @Test
  void theRateIsNotSummedUpForEachImpression() {
    var wide = new ClickRateEstimator(SECOND, Duration.ofDays(30), Duration.ofHours(1));
    wide.impression(0);
    wide.click(0, 1);
    wide.learn(0);
    double sum = 0;

    long start = System.nanoTime();
    for (int i = 0; i < 10_000_000; i++) {
      sum += wide.clickRate();
    }

    assertThat(sum).isPositive();
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(3));
  }
}
