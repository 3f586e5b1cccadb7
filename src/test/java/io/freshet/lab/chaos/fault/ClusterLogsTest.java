package io.freshet.lab.chaos.fault;

import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Lines as Flink 2.2.1 writes them. */
final class ClusterLogsTest {
  private static final String ATTEMPT =
      "a86ffc6bc36b921812752755d68d7d66_304f7a031c021b2a004acfa56ae0e75c_0_0";
  private static final String HOST = "127.0.0.1:35729-da0d7e";

  @TempDir Path folder;
  private Path log;

  @BeforeEach
  void begin() {
    log = folder.resolve("some.log");
  }

  @Test
  void aCheckpointIsOpenFromItsTriggerToItsCompletion() throws IOException {
    JobLog job = new JobLog(log);
    trigger(7, "CheckpointType{name='Checkpoint'");
    assertThat(job.read().isCheckpointOpen()).isTrue();
    assertThat(job.lastCompleted()).isZero();

    complete(7);
    assertThat(job.read().isCheckpointOpen()).isFalse();
    assertThat(job.lastCompleted()).isEqualTo(7);
    assertThat(job.checkpoints()).isEqualTo(1);
  }

  @Test
  void aSavepointIsNotPublishedAndDoesNotCountAsTheLastCheckpoint() throws IOException {
    JobLog job = new JobLog(log);
    trigger(7, "CheckpointType{name='Checkpoint'");
    complete(7);
    trigger(8, "SavepointType{name='Savepoint', postCheckpointAction=NONE");
    complete(8);

    assertThat(job.read().lastCompleted()).isEqualTo(7);
    assertThat(job.checkpoints()).isEqualTo(2);
  }

  @Test
  void aCheckpointEndsWithItsFailureAndWithTheJobs() throws IOException {
    JobLog job = new JobLog(log);
    trigger(7, "CheckpointType{name='Checkpoint'");
    line(
        "WARN  CheckpointFailureManager       Failed to trigger or complete checkpoint 7 for job"
            + " x.");
    assertThat(job.read().isCheckpointOpen()).isFalse();

    trigger(8, "CheckpointType{name='Checkpoint'");
    line(
        "INFO  ExecutionGraph  Job freshet chaos (94ad) switched from state RUNNING to"
            + " RESTARTING.");
    assertThat(job.read().isCheckpointOpen()).isFalse();
  }

  @Test
  void aTaskComesUpUntilItRuns() throws IOException {
    JobLog job = new JobLog(log);
    deploy();
    assertThat(job.read().isComingUp(HOST)).isFalse();

    turn("SCHEDULED", "DEPLOYING");
    turn("DEPLOYING", "INITIALIZING");
    assertThat(job.read().isComingUp(HOST)).isTrue();
    assertThat(job.runs("Trainer", HOST)).isFalse();

    turn("INITIALIZING", "RUNNING");
    assertThat(job.read().isComingUp(HOST)).isFalse();
    assertThat(job.runs("Trainer", HOST)).isTrue();
    assertThat(job.runs("SnapshotPublisher", HOST)).isFalse();
    assertThat(job.hosts("127.0.0.1:1-other")).isFalse();
  }

  @Test
  void aNewJobManagerKnowsNothing() throws IOException {
    JobLog job = new JobLog(log);
    deploy();
    turn("INITIALIZING", "RUNNING");
    trigger(7, "CheckpointType{name='Checkpoint'");
    line("INFO  ClusterEntrypoint  Starting StandaloneSessionClusterEntrypoint (Version: 2.2.1)");

    assertThat(job.read().hosts(HOST)).isFalse();
    assertThat(job.isCheckpointOpen()).isFalse();
  }

  @Test
  void aTrainerDrainsFromItsCheckpointUntilItsBarrierPasses() throws IOException {
    TaskManagerLog taskManager = new TaskManagerLog(log);
    line("INFO  TaskManagerRunner  Starting TaskManager with ResourceID: " + HOST);
    line("DEBUG StreamTask  Starting checkpoint 7 CheckpointType{x} on task FeedbackTail (2/2)#0");
    assertThat(taskManager.read().isDraining()).isFalse();
    assertThat(taskManager.id()).isEqualTo(HOST);

    line("DEBUG StreamTask  Starting checkpoint 7 CheckpointType{x} on task Trainer (2/2)#0");
    line("DEBUG StreamTask  Starting checkpoint 7 CheckpointType{x} on task Trainer (1/2)#0");
    passBarrier("Trainer (2/2)#0");
    assertThat(taskManager.read().isDraining()).isTrue();

    passBarrier("Trainer (1/2)#0");
    assertThat(taskManager.read().isDraining()).isFalse();
  }

  private void deploy() throws IOException {
    line(
        "INFO  ExecutionGraph  Deploying Trainer (1/2) (attempt #0) with attempt id %s and vertex id"
                .formatted(ATTEMPT)
            + " 304f7a031c021b2a004acfa56ae0e75c_0 to %s @ localhost (dataPort=46721)"
                .formatted(HOST));
  }

  private void turn(String from, String to) throws IOException {
    line(
        "INFO  ExecutionGraph  Trainer (1/2) (%s) switched from %s to %s."
            .formatted(ATTEMPT, from, to));
  }

  private void trigger(int checkpoint, String type) throws IOException {
    line(
        "INFO  CheckpointCoordinator  Triggering checkpoint %s (type=%s}) @ 17 for job 94ad."
            .formatted(checkpoint, type));
  }

  private void complete(int checkpoint) throws IOException {
    line(
        "INFO  CheckpointCoordinator  Completed checkpoint %s for job 94ad (1 bytes)."
            .formatted(checkpoint));
  }

  private void passBarrier(String task) throws IOException {
    line("DEBUG SubtaskCheckpointCoordinatorImpl Task " + task + " broadcastEvent at 17, passed");
  }

  private void line(String text) throws IOException {
    Files.writeString(log, "17:01:34.795 " + text + "\n", CREATE, APPEND);
  }
}
