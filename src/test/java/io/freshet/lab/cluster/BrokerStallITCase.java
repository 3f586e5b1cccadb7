package io.freshet.lab.cluster;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.config.LearnerConfig;
import io.freshet.job.pipeline.LearnerJob;
import io.freshet.lab.stream.EventRecord;
import io.freshet.lab.stream.KafkaEvents;
import io.freshet.lab.stream.KafkaEvents.Timestamps;
import io.freshet.snapshot.storage.LocalStorage;
import io.freshet.snapshot.store.SnapshotReader;
import io.freshet.snapshot.store.SnapshotStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A broker that is held still for longer than any client's request may last ({@code
 * -Dstall.seconds=60}: for a minute). The job may not fail: it has no restart.
 */
@Timeout(600)
final class BrokerStallITCase {
  private static final int SECONDS = Integer.getInteger("stall.seconds", 6);
  private static final int HALF = 2000;
  private static final long T = 1_767_225_600_000L;
  private static final String YAML =
      """
      kafka:
        bootstrap-servers: "%s"
        properties: {request.timeout.ms: 2000}
      features: [{name: user, kind: categorical}]
      join: {window: 1 min, out-of-orderness: 1 s, idleness: 1 h}
      evaluate: {window: 1 min}
      snapshot: {root: "%s"}
      checkpoint: {interval: 500 ms, dir: "%s"}
      parallelism: 1
      """;

  @TempDir private Path folder;

  @Test
  void theJobWaitsForABrokerThatStallsAndLosesNothing() throws Exception {
    try (BrokerProcess broker = new BrokerProcess(folder)) {
      broker.start();
      broker.topics().ensure(List.of("impressions", "clicks"), 1);
      LearnerConfig config = config(broker);
      SnapshotStore store = new SnapshotStore(LocalStorage.at(config.snapshot().root()));
      try (KafkaEvents events = events(broker)) {
        send(events, 0);
        JobClient job = start(config);
        awaitRead(store, HALF);

        signal("STOP");
        Thread.sleep(1000L * SECONDS);
        signal("CONT");

        send(events, HALF);
        awaitRead(store, 2L * HALF);
        job.stopWithSavepoint(
                true, folder.resolve("end").toUri().toString(), SavepointFormatType.NATIVE)
            .get(60, TimeUnit.SECONDS);
        job.getJobExecutionResult().get(60, TimeUnit.SECONDS);
      }

      var model = new SnapshotReader(store).load(store.latest().orElseThrow());
      assertThat(model.manifest().dense().examples()).isEqualTo(2 * HALF);
      assertThat(model.totalUpdates()).isEqualTo(2 * 2 * HALF); // of the user and the bias
    }
  }

  private LearnerConfig config(BrokerProcess broker) {
    return LearnerConfig.parse(
        YAML.formatted(
            broker.bootstrapServers(),
            folder.resolve("snapshots").toUri(),
            folder.resolve("checkpoints").toUri()),
        "stall.yaml",
        List.of());
  }

  private static JobClient start(LearnerConfig config) throws Exception {
    Configuration noRestart = new Configuration();
    noRestart.set(RestartStrategyOptions.RESTART_STRATEGY, "none");
    LearnerJob job = new LearnerJob(config, false);
    var env = job.localEnvironment(noRestart);
    job.build(env);
    return env.executeAsync();
  }

  private static void awaitRead(SnapshotStore store, long impressions) throws Exception {
    while (store.latest().isEmpty()
        || store.manifest(store.latest().get()).offsets().getOrDefault("impressions-0", 0L)
            < impressions) {
      Thread.sleep(50);
    }
  }

  private static KafkaEvents events(BrokerProcess broker) throws IOException {
    return new KafkaEvents(broker.clients(), "impressions", "clicks", Timestamps.EVENT);
  }

  private static void send(KafkaEvents events, int from) throws Exception {
    for (int i = from; i < from + HALF; i++) {
      long time = T + 100L * i;
      String id = "\"impression_id\": \"i%s\", \"timestamp\": %s".formatted(i, time);
      String impression = "{%s, \"features\": {\"user\": \"u%s\"}}".formatted(id, i % 9);
      events.send(record(EventRecord.Topic.IMPRESSIONS, time, impression));
      events.send(record(EventRecord.Topic.CLICKS, time, "{%s}".formatted(id)));
    }
    events.flush();
  }

  private static EventRecord record(EventRecord.Topic topic, long time, String json) {
    return new EventRecord(topic, Optional.empty(), time, json.getBytes(UTF_8));
  }

  /** The class path is too long for what {@link ProcessHandle} reports of a command line. */
  private static boolean isBroker(ProcessHandle child) {
    try {
      Path commandLine = Path.of("/proc", String.valueOf(child.pid()), "cmdline");
      return Files.readString(commandLine, ISO_8859_1).contains(BrokerMain.class.getName());
    } catch (IOException e) {
      return false; // ended meanwhile
    }
  }

  /** To the one broker among this process's children. */
  private static void signal(String signal) throws Exception {
    long broker =
        ProcessHandle.current()
            .children()
            .filter(BrokerStallITCase::isBroker)
            .findFirst()
            .orElseThrow()
            .pid();
    ProcessBuilder kill = new ProcessBuilder("kill", "-" + signal, String.valueOf(broker));
    kill.environment().put("LC_ALL", "C"); // in Turkish, procps takes no signal of the name CONT
    assertThat(kill.start().waitFor()).isZero();
  }
}
