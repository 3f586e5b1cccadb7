package io.freshet.job.pipeline;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.config.LearnerConfig;
import io.freshet.event.registry.FakeRegistry;
import io.freshet.lab.broker.EmbeddedKafka;
import io.freshet.lab.broker.TopicContents;
import io.freshet.lab.docs.CommandRun;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The whole job on one simulated stream, sent as JSON and as Avro with bad records in both: the
 * same examples, late clicks and dead letters come of it, also where the registry is away at first.
 */
@Timeout(180)
final class AvroJobITCase {
  private static final String IMPRESSIONS = "2000";

  @TempDir private Path folder;
  private EmbeddedKafka kafka;

  @BeforeEach
  void start() throws Exception {
    kafka = EmbeddedKafka.start();
  }

  @AfterEach
  void stop() {
    kafka.close();
  }

  @Test
  void anAvroTopicTrainsToWhatItsJsonTrainsToAlthoughTheRegistryIsAwayAtFirst() throws Exception {
    Path sent = folder.resolve("sent");
    simulate("json");
    simulate("avro", "--format", "avro", "--schemas", sent.toString());
    FakeRegistry registry = new FakeRegistry(0);
    registry.close();
    String events =
        "events: {format: avro, schemas: \"%s\", registry: \"%s\"}"
            .formatted(folder.resolve("kept").toUri(), registry.url());

    submit("json", "").getJobExecutionResult().get();
    JobClient job = submit("avro", events);
    Thread.sleep(1_000);
    assertThat(job.getJobExecutionResult()).as("it waits").isNotDone();
    Map<Integer, String> schemas =
        Map.of(
            1, Files.readString(sent.resolve("1.avsc")),
            2, Files.readString(sent.resolve("2.avsc")));
    try (FakeRegistry again = new FakeRegistry(registry.port(), schemas)) {
      job.getJobExecutionResult().get();
      assertThat(again.requests).isNotEmpty();
    }

    assertThat(examples("avro"))
        .hasSizeGreaterThan(1_900)
        .containsExactlyInAnyOrderElementsOf(examples("json"));
    assertThat(values("avro-late")).isNotEmpty().isEqualTo(values("json-late"));
    assertThat(places("avro")).hasSizeGreaterThan(50).isEqualTo(places("json"));
    assertThat(TopicContents.of(kafka, "avro-dead"))
        .extracting(letter -> new String(letter.headers().lastHeader("kind").value(), UTF_8))
        .contains("not-avro", "empty", "bad-timestamp");
    assertThat(folder.resolve("kept/1.avsc")).exists();
    assertThat(folder.resolve("kept/2.avsc")).exists();
  }

  @Test
  void aRegistryThatStaysAwayFailsTheJobWithItsName() throws Exception {
    simulate("avro", "--format", "avro", "--schemas", folder.resolve("sent").toString());
    FakeRegistry registry = new FakeRegistry(0);
    registry.close();

    JobClient job =
        submit(
            "avro",
            "events: {format: avro, registry: \"%s\", schema-patience: 500 ms}"
                .formatted(registry.url()));

    assertThatThrownBy(() -> job.getJobExecutionResult().get(1, TimeUnit.MINUTES))
        .isInstanceOf(ExecutionException.class)
        .hasStackTraceContaining("could not be looked up for PT0.5S (events.schema-patience)")
        .hasStackTraceContaining(registry.url())
        .hasStackTraceContaining("offset 0");
    assertThat(TopicContents.of(kafka, "avro-dead")).isEmpty();
  }

  /** The stream of one seed. */
  private void simulate(String name, String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "simulate",
                "--bootstrap-servers",
                kafka.bootstrapServers(),
                "--impressions-topic",
                name + "-impressions",
                "--clicks-topic",
                name + "-clicks",
                "--partitions",
                "2",
                "--impressions",
                IMPRESSIONS,
                "--start",
                "2026-01-31T12:00:00Z",
                "--malformed",
                "0.05",
                "--late-clicks",
                "0.1"));
    arguments.addAll(List.of(more));
    CommandRun run = CommandRun.of(arguments.toArray(String[]::new));
    assertThat(run.code()).as(run.err()).isZero();
  }

  /** A job that ends with its topics, and never starts again. */
  private JobClient submit(String name, String events) throws Exception {
    Configuration flink = new Configuration();
    flink.set(RestOptions.BIND_PORT, "0");
    flink.set(RestartStrategyOptions.RESTART_STRATEGY, "none");
    LearnerJob job = new LearnerJob(config(name, events), true);
    var env = job.localEnvironment(flink);
    job.build(env);
    return env.executeAsync();
  }

  private LearnerConfig config(String name, String events) {
    return LearnerConfig.parse(
        """
        name: %1$s
        kafka:
          bootstrap-servers: "%2$s"
          topics: {impressions: %1$s-impressions, clicks: %1$s-clicks, dead-letters: %1$s-dead, late-clicks: %1$s-late, metrics: %1$s-metrics, snapshots: %1$s-snapshots}
        features:
          - {name: user, kind: categorical}
          - {name: genres, kind: multi}
          - {name: price, kind: numeric, transform: log}
        join: {breaker: {enabled: false}}
        model: {embedding-size: 4, hidden-layers: [8]}
        examples: {to: topic, topic: %1$s-examples}
        snapshot: {root: "%3$s"}
        checkpoint: {interval: 1 s, dir: "%4$s", backend: hashmap}
        parallelism: 1
        %5$s
        """
            .formatted(
                name,
                kafka.bootstrapServers(),
                folder.resolve(name + "-snapshots").toUri(),
                folder.resolve(name + "-checkpoints").toUri(),
                events),
        "learner.yaml",
        List.of());
  }

  /**
   * Without what depends on which topic was read first: the time of the decision, and its reason.
   */
  private List<String> examples(String name) throws Exception {
    return values(name + "-examples").stream()
        .map(json -> json.replaceAll("\"(number|time|reason|later_share)\":[^,]*,", ""))
        .sorted()
        .toList();
  }

  private List<String> values(String topic) throws Exception {
    return TopicContents.of(kafka, topic).stream().map(ConsumerRecord::value).sorted().toList();
  }

  /** Where the dead letters of both topics lay. */
  private List<String> places(String name) throws Exception {
    return TopicContents.of(kafka, name + "-dead").stream()
        .map(letter -> letter.key().substring(name.length()))
        .sorted()
        .toList();
  }
}
