package io.freshet.cli.status;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class RestartsTest {
  private static final String TRACE =
      """
      org.apache.flink.util.FlinkRuntimeException: Exceeded checkpoint tolerable failure threshold.
      \tat org.apache.flink.runtime.checkpoint.CheckpointFailureManager.check(X.java:1)
      Caused by: java.util.concurrent.CompletionException: java.io.IOException: No space
      \tat x.Y.z(Y.java:2)
      \tSuppressed: java.lang.Exception: another
      Caused by: java.io.IOException: No space left on device
      \t... 3 more
      """;

  private final Restarts restarts = new Restarts(Duration.ofSeconds(45));

  @Test
  void theLineNamesTheRootCause() {
    assertThat(restarts.failed(TRACE, 1_000))
        .isEqualTo("restart 1: IOException: No space left on device");
    assertThat(restarts.failed("java.lang.IllegalStateException\n\tat x", 2_000))
        .isEqualTo("restart 2: IllegalStateException");
    assertThat(restarts.failed(TRACE, 3_000))
        .isEqualTo("restart 3: IOException: No space left on device (2 of 10 that end the run)");
    assertThat(restarts.count()).isEqualTo(3);
  }

  @Test
  void tenFailuresOfOneCauseAreHopelessWhateverElseFailsMeanwhile() {
    for (int i = 1; i <= 10; i++) {
      assertThat(restarts.isHopeless()).isFalse();
      restarts.failed("x.Other: " + i, i * 1_000);
      assertThat(restarts.isHopeless()).isFalse();
      restarts.failed(TRACE, i * 1_000);
    }
    assertThat(restarts.isHopeless()).isTrue();
    assertThat(restarts.hopeless()).contains("10 times", "No space left on device");
  }

  @Test
  void aRunThatWorksInBetweenMayGoOn() {
    for (int i = 1; i <= 30; i++) {
      restarts.failed(TRACE, i * 46_000L);
    }
    assertThat(restarts.isHopeless()).isFalse();
    assertThat(restarts.count()).isEqualTo(30);
  }
}
