package io.freshet.snapshot.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import io.freshet.LogLines;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class RetryTest {
  private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 1); // wraps as a clock may
  private final AtomicInteger failures = new AtomicInteger();
  private final Retry retry =
      new Retry(
          failures::incrementAndGet,
          Duration.ofMinutes(5),
          nanos::get,
          millis -> nanos.addAndGet(1_000_000 * millis));

  @Test
  void whatGoesOnFailingIsSaidEachMinute() throws Exception {
    List<Long> seconds = new ArrayList<>();
    try (LogLines log = LogLines.of(Retry.class)) {
      String result =
          retry.untilDone(
              "publishing",
              () -> {
                seconds.add(retry.failingSeconds());
                if (seconds.get(seconds.size() - 1) < 150) {
                  throw new IOException("a part is gone");
                }
                return "done";
              });

      assertThat(result).isEqualTo("done");
      assertThat(log.lines())
          .hasSize(4)
          .startsWith("WARN publishing fails and is tried again until it works")
          .element(1, STRING)
          .isEqualTo("WARN publishing has been failing for 70 s and is tried again");
      assertThat(log.lines().get(3))
          .isEqualTo("INFO publishing works again after %s failures".formatted(failures));
    }
    assertThat(seconds).isSorted().startsWith(0L, 0L);
    assertThat(failures.get()).isEqualTo(seconds.size() - 1);
    assertThat(retry.failingSeconds()).isZero();
  }

  @Test
  void whatIsLostIsGivenUpAfterItHasBeenLostForAWhile() {
    List<Long> seconds = new ArrayList<>();

    assertThatThrownBy(
            () ->
                retry.untilDoneOrLost(
                    "publishing",
                    () -> {
                      seconds.add(retry.failingSeconds());
                      long last = seconds.get(seconds.size() - 1);
                      throw last < 200 ? new IOException("away") : new LostException("gone");
                    }))
        .isInstanceOf(LostException.class)
        .hasMessage("gone");

    assertThat(seconds.get(seconds.size() - 1)).isBetween(490L, 530L);
    assertThat(retry.failingSeconds()).isZero();
  }
}
