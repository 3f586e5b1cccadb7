package io.freshet.join.breaker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
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
