package io.freshet.lab.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.freshet.cli.console.source.FlinkRest;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What {@code docker/compose.yaml} starts, without containers: its command lines, jars,
 * configuration and health checks work, and a job manager that is lost goes on where it was.
 */
@Timeout(900)
final class ComposeITCase {
  private static final Path TARGET =
      Path.of(System.getProperty("project.build.directory", "target")).toAbsolutePath();
  private static final Duration PATIENCE = Duration.ofMinutes(4);

  @TempDir private Path folder;

  @Test
  void itsProcessesLearnServeTellTheirMetricsAndGoOnAfterAKill() throws Exception {
    try (BrokerProcess kafka = new BrokerProcess(folder);
        ComposedProcesses run = new ComposedProcesses(folder, TARGET, kafka(kafka))) {
      Process topics = run.freshet("topics");
      assertThat(topics.waitFor(120, TimeUnit.SECONDS)).isTrue();
      assertThat(topics.exitValue()).as(log(run, "topics")).isZero();
      Process jobManager = run.jobManager();
      run.taskManager(0);
      run.taskManager(1);
      run.freshet("simulator", "--out-of-orderness", "PT1S");
      run.freshet("serving");

      await("health", () -> isWell(run));
      await("a served model", () -> checkpoint(run) > 0);
      await("trainers on both task managers", () -> trains(run, 0) && trains(run, 1));

      jobManager.destroyForcibly().waitFor();
      run.jobManager();
      await("a second start", () -> log(run, "jobmanager").contains("train: goes on from"));
      long served = checkpoint(run);
      await("a newer model", () -> checkpoint(run) > served + 2);
      assertThat(log(run, "jobmanager"))
          .contains("train: starts without a state", "train: goes on from file:")
          .doesNotContain("Distributing maxAllowedWatermark");
      await("a console with curves", () -> tellsCurves(run));
    }
  }

  private static String kafka(BrokerProcess broker) throws Exception {
    broker.start();
    return broker.bootstrapServers();
  }

  private static boolean isWell(ComposedProcesses run) throws Exception {
    return run.isHealthy("jobmanager", run.port("8081"))
        && run.isHealthy("taskmanager", run.port("9249 0"))
        && run.isHealthy("taskmanager", run.port("9249 1"))
        && run.isHealthy("serving", run.port("8500"));
  }

  /** The checkpoint of the version that is served; 0 before there is one. */
  private static long checkpoint(ComposedProcesses run) throws Exception {
    JsonNode model =
        new ObjectMapper().readTree(FlinkRest.text(run.port("8500"), "/v1/models/ads/metadata"));
    String version = model.at("/versions/0").asText("");
    return version.isEmpty() ? 0 : Long.parseLong(version.replaceFirst(".*-", ""));
  }

  private static boolean trains(ComposedProcesses run, int taskManager) throws Exception {
    return FlinkRest.text(run.port("9249 " + taskManager), "/metrics")
        .lines()
        .filter(line -> line.startsWith("flink_taskmanager_job_task_operator_examples{"))
        .filter(line -> line.contains("operator_name=\"Trainer\""))
        .anyMatch(line -> Double.parseDouble(line.replaceFirst(".*} ", "")) > 0);
  }

  /** Whether the console has read what the learner writes to Kafka, and its job. */
  private static boolean tellsCurves(ComposedProcesses run) throws Exception {
    JsonNode panels =
        new ObjectMapper().readTree(FlinkRest.text(run.port("8600"), "/data/status")).get("panels");
    return panels.at("/quality").has("seen") && panels.at("/flow").has("seen");
  }

  private interface Check {
    boolean holds() throws Exception;
  }

  private void await(String what, Check check) throws Exception {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!holds(check)) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("no " + what + "; see " + keepLogs());
      }
      Thread.sleep(200);
    }
  }

  /** Copies what the processes logged to a folder that stays, and returns that. */
  private Path keepLogs() throws IOException {
    Path kept = Files.createDirectories(TARGET.resolve("compose-logs"));
    try (DirectoryStream<Path> logs = Files.newDirectoryStream(folder, "*.log")) {
      for (Path log : logs) {
        Files.copy(log, kept.resolve(log.getFileName()), StandardCopyOption.REPLACE_EXISTING);
      }
    }
    return kept;
  }

  private static boolean holds(Check check) throws Exception {
    try {
      return check.holds();
    } catch (IOException e) {
      return false; // not up yet
    }
  }

  private static String log(ComposedProcesses run, String name) throws IOException {
    return Files.readString(run.log(name));
  }
}
