package io.freshet.join.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

/** With a window of 1,000,000 ms, and clicks from a time on when it has passed. */
final class DelayHistogramTest {
  private static final long WINDOW = 1_000_000;

  private final DelayHistogram delays = new DelayHistogram(WINDOW);
  private final Random random = new Random(3);

  @Test
  void shareIsThatOfTheLaw() {
    add(100_000, 30_000);

    for (long wait : new long[] {1, 50, 3_000, 30_000, 60_000, 200_000}) {
      assertThat(delays.laterThan(wait))
          .as("later than %d", wait)
          .isCloseTo(Math.exp(-wait / 30_000.0), within(0.006));
    }
  }

  @Test
  void beforeAnythingIsKnownEveryClickIsLater() {
    assertThat(delays.laterThan(1_000)).isEqualTo(1);

    delays.add(0, 5);
    delays.add(WINDOW - 1, 5);
    assertThat(delays.laterThan(1_000)).isEqualTo(1);
    assertThat(delays.clicks()).isZero();

    delays.add(WINDOW, 5);
    assertThat(delays.clicks()).isEqualTo(1);
    assertThat(delays.laterThan(1_000)).isLessThan(1);
  }

  @Test
  void followsAChange() {
    add(300_000, 100_000);
    add(300_000, 1_000);

    assertThat(delays.laterThan(20_000)).isLessThan(0.2);
    assertThat(delays.clicks()).isLessThan(DelayHistogram.MAX_CLICKS);
  }

  @Test
  void sharesOfAStoredOneAddUpToIt() {
    add(10_000, 20_000);
    DelayHistogram half = new DelayHistogram(WINDOW);
    DelayHistogram whole = new DelayHistogram(WINDOW);

    half.addAll(delays.toArray(), 0.5);
    whole.addAll(delays.toArray(), 1);
    half.add(0, 7); // knows when the first click was

    assertThat(half.clicks()).isCloseTo(delays.clicks() / 2, within(1e-6));
    assertThat(whole.laterThan(9_999)).isCloseTo(delays.laterThan(9_999), within(1e-12));
  }

  @Test
  void delaysOfNothingOrLessAndOfYearsHaveTheirPlace() {
    delays.add(0, 0);
    delays.add(WINDOW, -5);
    delays.add(WINDOW, Long.MAX_VALUE);

    assertThat(delays.clicks()).isEqualTo(2);
    assertThat(delays.laterThan(10))
        .isCloseTo((1 + DelayHistogram.PRIOR) / (2 + DelayHistogram.PRIOR), within(1e-12));
  }

  private void add(int clicks, double mean) {
    delays.add(0, 1);
    for (int i = 0; i < clicks; i++) {
      delays.add(WINDOW, (long) (-mean * Math.log(1 - random.nextDouble())));
    }
  }
}
