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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.flink.runtime.checkpoint.Checkpoints;
import org.apache.flink.runtime.checkpoint.OperatorState;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.checkpoint.metadata.CheckpointMetadata;
import org.apache.flink.runtime.jobgraph.OperatorID;
import org.apache.flink.runtime.state.OperatorStreamStateHandle;
import org.apache.flink.runtime.state.StreamStateHandle;
import org.apache.flink.runtime.state.filesystem.FileStateHandle;
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

  @Test
  void killedRunsLeaveNothingThatNoneOfTheNewestCheckpointsRefersTo() throws IOException {
    Instant now = Instant.now();
    long longAgo = now.minus(RetainedCheckpoints.UNDER_WAY).toEpochMilli() - 1000;
    List<Path> needed = new ArrayList<>();
    List<Path> left = new ArrayList<>();
    for (int run = 1; run <= 6; run++) {
      String job = "ctr/2026-01-0%sT00-00-00.000Z/%s/".formatted(run, "abcdef".charAt(run - 1));
      List<Path> of = run < 4 ? left : needed;
      Path shared = state(job + "shared/" + UUID.randomUUID(), longAgo);
      (run < 3 ? left : needed).add(shared); // the third run's are part of the next one's, too
      Path own = state(job + "chk-7/" + UUID.randomUUID(), longAgo);
      of.add(own);
      List<Path> parts = new ArrayList<>(List.of(shared, own));
      if (run == 4) {
        parts.add(needed.get(0));
      }
      of.add(checkpoint(job + "chk-7", longAgo, "ctr", parts));
    }
    needed.add(
        state("ctr/2026-01-01T00-00-00.000Z/a/shared/" + UUID.randomUUID(), now.toEpochMilli()));
    needed.add(state("other/2026-01-01T00-00-00.000Z/a/shared/" + UUID.randomUUID(), longAgo));

    RetainedCheckpoints.deleteUnneeded(config("ctr"), now);

    assertThat(left).hasSize(8).allSatisfy(path -> assertThat(path).doesNotExist());
    assertThat(needed).allSatisfy(path -> assertThat(path).exists());
    assertThat(folder.resolve("ctr/2026-01-02T00-00-00.000Z")).doesNotExist();
  }

  private Path state(String path, long written) throws IOException {
    Path file = folder.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, "state");
    return Files.setLastModifiedTime(file, FileTime.fromMillis(written));
  }

  private void checkpoint(String path, long written, String owner) throws IOException {
    checkpoint(path, written, owner, List.of());
  }

  private Path checkpoint(String path, long written, String owner, List<Path> parts)
      throws IOException {
    Path metadata = folder.resolve(path).resolve("_metadata");
    Files.createDirectories(metadata.getParent());
    var state = new OperatorState(StateOwner.operatorName(owner), "uid", new OperatorID(), 8, 128);
    for (int i = 0; i < parts.size(); i++) {
      StreamStateHandle file =
          new FileStateHandle(new org.apache.flink.core.fs.Path(parts.get(i).toUri()), 5);
      state.putState(
          i,
          OperatorSubtaskState.builder()
              .setManagedOperatorState(new OperatorStreamStateHandle(Map.of(), file))
              .build());
    }
    try (var out = Files.newOutputStream(metadata)) {
      Checkpoints.storeCheckpointMetadata(
          new CheckpointMetadata(1, List.of(state), List.of()), out);
    }
    return Files.setLastModifiedTime(metadata, FileTime.fromMillis(written));
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
