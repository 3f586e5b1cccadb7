package io.freshet.cli.status;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import org.apache.flink.runtime.checkpoint.CheckpointException;
import org.apache.flink.runtime.checkpoint.CheckpointFailureManager;
import org.apache.flink.runtime.checkpoint.CheckpointFailureReason;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

class FlinkNoticesTest {
  private final Logger flink = LoggerFactory.getLogger(CheckpointFailureManager.class);
  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
  private final RunConsole console = new RunConsole(new PrintStream(printed, true, UTF_8), false);

  @Test
  void aFailedCheckpointIsReportedByItsRootCause() {
    try (FlinkNotices notices = FlinkNotices.to(console)) {
      assertThat(notices).isNotNull();
      flink.warn(
          "Failed to trigger or complete checkpoint {} for job {}.",
          12,
          "a",
          new CheckpointException(
              CheckpointFailureReason.CHECKPOINT_ASYNC_EXCEPTION,
              new IOException("No space left on device")));
    }
    flink.warn("checkpoint {}", 13, new IOException("after the run"));

    assertThat(printed.toString(UTF_8))
        .isEqualToNormalizingNewlines(
            "checkpoint 12 failed and is tried again: IOException: No space left on device\n");
  }

  @Test
  void theEndOfARunIsNoFailure() {
    try (FlinkNotices notices = FlinkNotices.to(console)) {
      assertThat(notices).isNotNull();
      flink.warn(
          "Failed to trigger or complete checkpoint 3 for job a.",
          new CheckpointException(CheckpointFailureReason.CHECKPOINT_DECLINED_TASK_CLOSING));
      flink.warn(
          "Failed to trigger or complete checkpoint 4 for job a.",
          new CheckpointException(
              "TaskManager received a checkpoint request for unknown task b_0_0.",
              CheckpointFailureReason.TASK_CHECKPOINT_FAILURE));
    }

    assertThat(printed.toString(UTF_8)).isEmpty();
  }
}
