package io.freshet.job.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.config.LearnerConfig;
import io.freshet.train.RefusedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import org.apache.flink.runtime.checkpoint.Checkpoints;
import org.apache.flink.runtime.checkpoint.OperatorState;
import org.apache.flink.runtime.checkpoint.metadata.CheckpointMetadata;
import org.apache.flink.runtime.jobgraph.OperatorID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RetainedCheckpointsTest {
  private static final String JOB = "0123456789abcdef0123456789abcdef";

  @TempDir Path folder;

  @Test
  void theLastOfTheLastRunIsTakenWhateverTheTimesOfFiles() throws IOException {
    checkpoint("ctr/2026-01-01T00-00-00.000Z/a/chk-900", 4000, "ctr");
    checkpoint("ctr/2026-01-02T00-00-00.000Z/b/chk-10", 1000, "ctr");
    checkpoint("ctr/2026-01-02T00-00-00.000Z/b/chk-9", 2000, "ctr");
    Files.createDirectories(folder.resolve("ctr/2026-01-02T00-00-00.000Z/b/chk-11"));
    Files.createDirectories(folder.resolve("ctr/2026-01-03T00-00-00.000Z/c/shared"));

    assertThat(RetainedCheckpoints.newest(config("ctr")))
        .hasValueSatisfying(path -> assertThat(path).endsWith("/b/chk-10"));
  }

  @Test
  void aFirstRunHasNone() throws IOException {
    assertThat(RetainedCheckpoints.newest(config("ctr"))).isEmpty();
  }

  @Test
  void learnersThatShareTheDirectoryDoNotMeet() throws IOException {
    checkpoint("other/2026-01-01T00-00-00.000Z/a/chk-900", 4000, "other");

    assertThat(RetainedCheckpoints.newest(config("ctr"))).isEmpty();
  }

  @Test
  void stateOfAnotherLearnerIsRefused() throws IOException {
    checkpoint("ctr/2026-01-01T00-00-00.000Z/a/chk-7", 4000, "other");

    assertThatThrownBy(() -> RetainedCheckpoints.newest(config("ctr")))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("/a/chk-7 is of learner other, this is ctr");
  }

  @Test
  void stateThatNobodyOwnsIsRefused() throws IOException {
    checkpoint(JOB + "/chk-7", 4000, "ctr");

    assertThatThrownBy(() -> RetainedCheckpoints.newest(config("ctr")))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("--restore");
  }

  @Test
  void runsAreInTheOrderOfTheirStarts() {
    LearnerConfig config = config("ctr");
    Instant start = Instant.parse("2026-01-01T23:59:59.999Z");

    assertThat(RetainedCheckpoints.folder(config, start))
        .endsWith("/ctr/2026-01-01T23-59-59.999Z")
        .isLessThan(RetainedCheckpoints.folder(config, start.plusMillis(1)));
  }

  private void checkpoint(String path, long written, String owner) throws IOException {
    Path metadata = folder.resolve(path).resolve("_metadata");
    Files.createDirectories(metadata.getParent());
    var state = new OperatorState(StateOwner.operatorName(owner), "uid", new OperatorID(), 1, 128);
    try (var out = Files.newOutputStream(metadata)) {
      Checkpoints.storeCheckpointMetadata(
          new CheckpointMetadata(1, List.of(state), List.of()), out);
    }
    Files.setLastModifiedTime(metadata, FileTime.fromMillis(written));
  }

  private LearnerConfig config(String name) {
    return LearnerConfig.parse(
        """
        kafka: {bootstrap-servers: "localhost:9092"}
        features: [{name: user, kind: categorical}]
        """,
        "learner.yaml",
        List.of("name=" + name, "checkpoint.dir=" + folder.toUri()));
  }
}
