package io.freshet.lab.chaos.fault;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import io.freshet.cli.console.source.FlinkRest;
import io.freshet.config.LearnerConfig;
import io.freshet.job.pipeline.LearnerJob;
import io.freshet.lab.cluster.FlinkCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.StateRecoveryOptions;

/**
 * The learner's job on a cluster through all its executions: submitted, stopped with a savepoint
 * and started at another parallelism, submitted again from the newest retained checkpoint after the
 * job manager was lost.
 *
 * <p>Its classes are on the cluster's class path: no jar is submitted. Not thread-safe, except
 * {@link #id}.
 */
public final class ChaosJob {
  private static final Duration PATIENCE = Duration.ofMinutes(4);

  private final FlinkCluster cluster;
  private final Path directory;
  private final IntFunction<LearnerConfig> config;
  private volatile String id;
  private int parallelism;
  private Optional<String> startedFrom = Optional.empty();

  public ChaosJob(FlinkCluster cluster, Path directory, IntFunction<LearnerConfig> config) {
    this.cluster = requireNonNull(cluster, "cluster");
    this.directory = requireNonNull(directory, "directory");
    this.config = requireNonNull(config, "config");
  }

  /** The id of the present execution. */
  public String id() {
    return id;
  }

  int parallelism() {
    return parallelism;
  }

  public void start(int parallelism) throws Exception {
    this.parallelism = parallelism;
    submit();
  }

  /** Starts again from what the lost execution left, on a cluster where nothing of it runs. */
  void startAgain() throws Exception {
    startedFrom = newestCheckpoint().or(() -> startedFrom);
    submit();
  }

  /** Stops with a savepoint, without draining, and starts from it at another parallelism. */
  void rescale(int parallelism) throws Exception {
    startedFrom = Optional.of(cluster.rest().stop(id, savepoints(), false));
    this.parallelism = parallelism;
    submit();
  }

  String savepoint() throws IOException, InterruptedException {
    return cluster.rest().savepoint(id, savepoints());
  }

  /** Decides all waiting impressions and stops: only after the last event. */
  public void finish() throws IOException, InterruptedException {
    cluster.rest().stop(id, savepoints(), true);
  }

  public void awaitRunning() throws IOException, InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!isRunning()) {
      if (System.nanoTime() > deadline) {
        throw new IOException(
            "job %s does not run after %s: %s"
                .formatted(id, PATIENCE, cluster.rest().lastFailure(id)));
      }
      Thread.sleep(100);
    }
  }

  public boolean isFinished() throws IOException, InterruptedException {
    return cluster.rest().state(id).equals("FINISHED");
  }

  public String lastFailure() throws IOException, InterruptedException {
    return cluster.rest().lastFailure(id);
  }

  private boolean isRunning() throws IOException, InterruptedException {
    JsonNode job;
    try {
      job = cluster.rest().get("/jobs/" + id);
    } catch (FlinkRest.BusyException e) {
      return false;
    }
    String state = job.get("state").asText();
    if (List.of("FAILED", "CANCELED", "FINISHED").contains(state)) {
      throw new IOException(
          "job %s is %s: %s".formatted(id, state, cluster.rest().lastFailure(id)));
    }
    boolean running = state.equals("RUNNING");
    for (JsonNode vertex : job.get("vertices")) {
      running &= vertex.get("status").asText().equals("RUNNING");
    }
    return running;
  }

  private void submit() throws Exception {
    var job = new LearnerJob(config.apply(parallelism), false);
    Configuration flink = new Configuration();
    startedFrom.ifPresent(path -> flink.set(StateRecoveryOptions.SAVEPOINT_PATH, path));
    var env = job.remoteEnvironment(cluster.jobManagerHost().address(), cluster.restPort(), flink);
    job.build(env);
    id = env.executeAsync().getJobID().toString();
  }

  /** The newest completed checkpoint of the present execution. */
  private Optional<String> newestCheckpoint() throws IOException {
    if (!Files.exists(checkpoints())) {
      return Optional.empty();
    }
    try (Stream<Path> found = Files.find(checkpoints(), 4, (path, any) -> isOfThisRun(path))) {
      return found
          .filter(path -> Files.exists(path.resolve("_metadata")))
          .max(Comparator.comparingLong(ChaosJob::number))
          .map(ChaosJob::location);
    }
  }

  private boolean isOfThisRun(Path checkpoint) {
    return checkpoint.getParent().endsWith(id);
  }

  private static long number(Path checkpoint) {
    return Long.parseLong(checkpoint.getFileName().toString().replaceFirst("chk-", ""));
  }

  private Path checkpoints() {
    return directory.resolve("checkpoints");
  }

  private String savepoints() {
    return location(directory.resolve("savepoints"));
  }

  /** A folder as Flink takes it, with its spaces as they are. */
  private static String location(Path folder) {
    return "file://" + folder.toAbsolutePath();
  }
}
