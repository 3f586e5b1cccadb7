package io.freshet.job.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

final class PartitionTimeTest {
  private static final long NOON = 1_700_000_000_000L;
  private static final long MINUTE = 60_000;

  private final PartitionTime time = new PartitionTime(0, PartitionTime.UNKNOWN);

  @Test
  void oneEventAheadAtTheStartDoesNotMoveTime() {
    time.event(NOON + 55 * MINUTE);
    for (int i = 0; i < PartitionTime.VOTES; i++) {
      time.event(NOON + i);
    }

    assertThat(time.newest()).isEqualTo(NOON + PartitionTime.VOTES - 1);
  }

  @Test
  void producersWithFastClocksDoNotLeadTheOthers() {
    Random random = new Random(7);
    for (int i = 0; i < 100_000; i++) {
      time.event(NOON + 10 * i + (random.nextDouble() < 0.4 ? 40 * MINUTE : 0));
      if (i % 500 == 0) {
        time.look();
      }
    }

    assertThat(time.newest()).isBetween(NOON + 999_000, NOON + 1_000_000);
  }

  @Test
  void fewProducersWithSlowClocksDoNotHoldTime() {
    for (int i = 0; i < 100_000; i++) {
      time.event(NOON + 10 * i - (i % 100 == 0 ? 3 * 24 * 60 * MINUTE : 0));
    }

    assertThat(time.newest()).isEqualTo(NOON + 999_990);
  }

  @Test
  void pauseOfTheStreamIsFollowedAfterSoManyEvents() {
    started();

    for (int i = 1; i <= PartitionTime.VOTES; i++) {
      assertThat(time.newest()).isEqualTo(NOON);
      time.event(NOON + 120 * MINUTE + i);
    }
    time.event(NOON + 121 * MINUTE);

    assertThat(time.newest()).isEqualTo(NOON + 121 * MINUTE);
  }

  @Test
  void slowStreamDoesNotWaitForSoMany() {
    started();
    time.event(NOON + 5 * MINUTE);

    looks();

    assertThat(time.newest()).isEqualTo(NOON + 5 * MINUTE);
  }

  @Test
  void restOfASlowStreamIsNotForgotten() {
    started();
    for (int i = 5; i <= 60; i++) {
      time.event(NOON + i * MINUTE);
    }

    looks();

    assertThat(time.newest()).isEqualTo(NOON + 60 * MINUTE);
  }

  @Test
  void batchOfAFastProducerIsForgottenWithTheNextOfTheOthers() {
    started();
    for (int round = 0; round < 50; round++) {
      for (int i = 0; i < 400; i++) {
        time.event(NOON + 40 * MINUTE + round);
      }
      for (int i = 0; i < 600; i++) {
        time.event(NOON + round);
      }
    }

    assertThat(time.newest()).isEqualTo(NOON + 49);
  }

  private void started() {
    time.event(NOON);
    looks();
    assertThat(time.newest()).isEqualTo(NOON);
  }

  private void looks() {
    for (int i = 0; i <= PartitionTime.LOOKS; i++) {
      time.look();
    }
  }
}
