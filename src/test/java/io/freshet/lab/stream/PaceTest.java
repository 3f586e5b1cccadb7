package io.freshet.lab.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class PaceTest {
  @Test
  void recordsPassNoFasterThanAsked() throws InterruptedException {
    long start = System.nanoTime();
    Pace pace = new Pace(1000);
    for (int i = 0; i < 301; i++) {
      pace.await();
    }

    assertThat(System.nanoTime() - start).isGreaterThan(290_000_000L);
  }

  @Test
  void anInterruptEndsTheWait() {
    Pace pace = new Pace(Double.POSITIVE_INFINITY);
    Thread.currentThread().interrupt();

    assertThatExceptionOfType(InterruptedException.class).isThrownBy(pace::await);
  }

  @Test
  void aRateOfNothingIsRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> new Pace(0)).withMessageContaining("0.0");
  }
}
