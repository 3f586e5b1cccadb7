package io.freshet.lab.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(300)
final class FlinkClusterITCase {
  private static final String START = "Starting TaskManager with ResourceID";

  @TempDir Path folder;

  /**
   * As when the job manager dies in the middle of a registration: the task manager asks the lost
   * one indefinitely. It ends itself instead, by {@code taskmanager.registration.timeout}, and
   * comes again.
   */
  @Test
  void aTaskManagerWithoutAJobManagerEndsItselfAndComesAgain() throws Exception {
    try (FlinkCluster cluster =
        new FlinkCluster(folder, 1, small(Map.of("taskmanager.registration.timeout", "1 s")))) {
      ChildProcess taskManager = cluster.taskManager(0);
      LogTail log = new LogTail(taskManager.log());
      taskManager.start();
      awaitLine(log, START);

      awaitLine(log, START);
    }
  }

  @Test
  void aProcessHeldStillGoesOnWhereItWasAndTellsItsMetrics() throws Exception {
    try (FlinkCluster cluster = new FlinkCluster(folder, 1, small(Map.of()))) {
      cluster.start();
      assertThat(cluster.metrics(0)).contains("flink_taskmanager_Status_JVM_CPU_Time{");

      cluster.taskManager(0).freeze();
      assertThat(cluster.taskManager(0).isAlive()).isTrue();
      cluster.taskManager(0).thaw();

      assertThat(cluster.metrics(0)).contains("flink_taskmanager_Status_JVM_CPU_Time{");
      cluster.taskManager(0).freeze();
      cluster.taskManager(0).kill();
      assertThat(cluster.taskManager(0).isAlive()).isFalse();
    }
  }

  private static void awaitLine(LogTail log, String part) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + Duration.ofMinutes(2).toNanos();
    while (log.next().stream().noneMatch(line -> line.contains(part))) {
      assertThat(System.nanoTime()).as("no line with \"%s\" in time", part).isLessThan(deadline);
      Thread.sleep(50);
    }
  }

  private static Map<String, String> small(Map<String, String> more) {
    Map<String, String> settings = new HashMap<>(more);
    settings.put("jobmanager.memory.process.size", "900m");
    settings.put("jobmanager.memory.jvm-metaspace.size", "160m");
    settings.put("taskmanager.memory.process.size", "1100m");
    settings.put("taskmanager.memory.framework.off-heap.size", "64m");
    return settings;
  }
}
