package io.freshet.job.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.config.LearnerConfig;
import io.freshet.lab.broker.EmbeddedKafka;
import io.freshet.train.RefusedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.RecoveryClaimMode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two learners with one {@code checkpoint.dir}, in a folder whose name has a space. */
@Timeout(180)
final class SharedCheckpointsITCase {
  @TempDir Path folder;

  @Test
  void eachResumesFromItsOwnStateAndOldCheckpointsGo() throws Exception {
    try (EmbeddedKafka kafka = EmbeddedKafka.start()) {
      kafka.topics().ensure(List.of("impressions", "clicks"), 1);
      LearnerConfig a = config(kafka, "a");
      LearnerConfig b = config(kafka, "b");

      String first = checkpointed(a, Optional.empty(), 1);

      assertThat(first).contains("/my data/checkpoints/a/");
      assertThat(StateOwner.of(first)).contains("a");
      assertThat(RetainedCheckpoints.newest(b)).isEmpty();

      copy(folder.resolve("my data/checkpoints/a"), folder.resolve("my data/checkpoints/b"));

      assertThatThrownBy(() -> RetainedCheckpoints.newest(b))
          .isInstanceOf(RefusedException.class)
          .hasMessageContaining("is of learner a, this is b");

      String last = checkpointed(a, Optional.of(first), 5);

      assertThat(last).isGreaterThan(first);
      assertThat(Path.of(first.replaceFirst("^file:", ""))).doesNotExist();
      assertThat(Path.of(last.replaceFirst("^file:", "")).getParent())
          .satisfies(job -> assertThat(checkpoints(job)).isEqualTo(3));
    }
  }

  /** Runs the learner until it has completed so many checkpoints more; returns the last. */
  private static String checkpointed(LearnerConfig config, Optional<String> from, int more)
      throws Exception {
    Configuration flink = new Configuration();
    flink.set(RestOptions.BIND_PORT, "0");
    from.ifPresent(path -> flink.set(StateRecoveryOptions.SAVEPOINT_PATH, path));
    flink.set(StateRecoveryOptions.RESTORE_MODE, RecoveryClaimMode.CLAIM);
    LearnerJob job = new LearnerJob(config, false);
    var env = job.localEnvironment(flink);
    job.build(env);
    JobClient running = env.executeAsync();
    Optional<String> newest = from;
    for (int seen = 0; seen < more; seen += newest.equals(from) ? 0 : 1) {
      Optional<String> before = newest;
      while (newest.equals(before)) {
        Thread.sleep(20);
        newest = RetainedCheckpoints.newest(config);
      }
    }
    running.cancel().get();
    running.getJobExecutionResult().exceptionally(cancelled -> null).get();
    return RetainedCheckpoints.newest(config).orElseThrow();
  }

  private static long checkpoints(Path job) {
    try (Stream<Path> files = Files.list(job)) {
      return files.filter(path -> Files.exists(path.resolve("_metadata"))).count();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> all = Files.walk(from)) {
      for (Path path : all.toList()) {
        Files.copy(path, to.resolve(from.relativize(path).toString()));
      }
    }
  }

  private LearnerConfig config(EmbeddedKafka kafka, String name) {
    return LearnerConfig.parse(
        """
        kafka: {bootstrap-servers: "%s"}
        features: [{name: user, kind: categorical}]
        parallelism: 1
        """
            .formatted(kafka.bootstrapServers()),
        "learner.yaml",
        List.of(
            "name=" + name,
            "checkpoint.interval=1 s",
            "checkpoint.dir=file://" + folder + "/my data/checkpoints",
            "snapshot.root=file://" + folder + "/my data/snapshots-" + name));
  }
}
