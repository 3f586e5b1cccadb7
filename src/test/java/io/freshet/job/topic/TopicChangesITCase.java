package io.freshet.job.topic;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.config.LearnerConfig;
import io.freshet.job.pipeline.LearnerJob;
import io.freshet.job.pipeline.RetainedCheckpoints;
import io.freshet.kafka.TopicAdmin;
import io.freshet.lab.broker.EmbeddedKafka;
import io.freshet.lab.broker.TopicContents;
import io.freshet.train.RefusedException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.util.ExceptionUtils;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Topics that change while the job reads them, or while it is stopped. */
@Timeout(180)
final class TopicChangesITCase {
  private static final long T = 1_767_225_600_000L;

  /** Enough for a source to follow the times of a partition at once. */
  private static final int MANY = 1_500;

  private static EmbeddedKafka kafka;
  private static Admin admin;

  @TempDir private Path folder;

  @BeforeAll
  static void start() throws IOException {
    kafka = EmbeddedKafka.start();
    admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()));
  }

  @AfterAll
  static void stop() {
    admin.close();
    kafka.close();
  }

  @Test
  void partitionsThatComeLaterAreReadFromTheirBeginningAlsoByARestoredJob() throws Exception {
    kafka.topics().ensure(List.of("shown", "clicks"), 1);
    LearnerConfig config = joined();
    send(0, 0, MANY);
    JobClient first = run(config, Optional.empty());
    awaitExamples("joined", MANY / 2);

    addPartitions(2);
    send(1, MANY, 2 * MANY);
    awaitRead("shown", 1, MANY);
    awaitRead("clicks", 1, MANY / 3);
    send(0, 2 * MANY, 3 * MANY);
    send(1, 3 * MANY, 3 * MANY + 1);
    awaitExamples("joined", 2 * MANY + MANY / 2);
    String checkpoint = cancel(first, config);
    addPartitions(3);
    send(2, 3 * MANY + 1, 4 * MANY);
    for (int partition = 0; partition < 3; partition++) {
      send(partition, (5 + partition) * MANY, (6 + partition) * MANY);
    }
    JobClient second = run(config, Optional.of(checkpoint));
    awaitExamples("joined", 4 * MANY + MANY / 2);
    cancel(second, config);

    assertThat(learned("joined")).doesNotHaveDuplicates().containsAll(ids(0, 4 * MANY).toList());
    assertThat(TopicContents.of(kafka, "joined-late")).isEmpty();
  }

  @Test
  void aTopicThatWasCreatedAgainEndsTheJob() throws Exception {
    kafka.topics().create("again", 1);
    LearnerConfig config = inline("again", "");
    sendServed("again", 0, MANY);
    JobClient job = run(config, Optional.empty());
    awaitExamples("again", MANY / 2);
    awaitCheckpoint(config);

    createAgain("again");
    sendServed("again", MANY, 3 * MANY);

    assertThatThrownBy(() -> job.getJobExecutionResult().get())
        .satisfies(TopicChangesITCase::isRefused);
  }

  @Test
  void aTopicThatWasCreatedAgainMeanwhileIsReadOnOnlyWhereItIsSaidToBeACopy() throws Exception {
    kafka.topics().create("copied", 1);
    kafka.topics().create("renamed", 1);
    LearnerConfig config = inline("copied", "");
    sendServed("copied", 0, MANY);
    JobClient first = run(config, Optional.empty());
    awaitExamples("copied", MANY / 2);
    String checkpoint = cancel(first, config);
    int before = learned("copied").size();
    createAgain("copied");
    sendServed("copied", 0, 2 * MANY);
    sendServed("renamed", 2 * MANY, 4 * MANY);

    JobClient refused = run(config, Optional.of(checkpoint));
    assertThatThrownBy(() -> refused.getJobExecutionResult().get())
        .satisfies(TopicChangesITCase::isRefused);
    LearnerConfig accepting = inline("copied", ", recreated-topics: accept");
    JobClient second = run(accepting, Optional.of(checkpoint));
    awaitExamples("copied", before + MANY / 2);
    String later = cancel(second, accepting);
    assertThat(learned("copied")).doesNotHaveDuplicates();
    LearnerConfig other =
        LearnerConfig.parse(
            text("copied", ""), "learner.yaml", List.of("kafka.topics.impressions=renamed"));
    JobClient third = run(other, Optional.of(later));
    awaitExamples("copied", 3 * MANY);
    cancel(third, other);
    assertThat(learned("copied"))
        .contains("i" + 2 * MANY)
        .as("a topic of another name is read from its beginning, the former no more")
        .doesNotHaveDuplicates();
  }

  private static void isRefused(Throwable failure) {
    assertThat(ExceptionUtils.findThrowable(failure, RefusedException.class))
        .hasValueSatisfying(
            refusal ->
                assertThat(refusal)
                    .hasMessageContaining("was deleted and created again")
                    .hasMessageContaining("--from-snapshot"));
  }

  private static void addPartitions(int all) throws Exception {
    NewPartitions more = NewPartitions.increaseTo(all);
    admin.createPartitions(Map.of("shown", more, "clicks", more)).all().get();
  }

  private static void awaitRead(String topic, int partition, long least) throws Exception {
    try (TopicAdmin offsets = kafka.clients().topicAdmin()) {
      TopicPartition read = new TopicPartition(topic, partition);
      while (offsets.committed("freshet-joined").getOrDefault(read, 0L) < least) {
        Thread.sleep(200);
      }
    }
  }

  private static void createAgain(String topic) throws Exception {
    admin.deleteTopics(List.of(topic)).all().get();
    while (admin.listTopics().names().get().contains(topic)) {
      Thread.sleep(20);
    }
    kafka.topics().create(topic, 1);
  }

  private static Stream<String> ids(int from, int to) {
    return IntStream.range(from, to).mapToObj(i -> "i" + i);
  }

  /** Impressions, a third of them clicked, to one partition of either topic. */
  private static void send(int partition, int from, int to) throws IOException {
    try (var producer = kafka.clients().producer(Map.of())) {
      for (int i = from; i < to; i++) {
        String event = "\"impression_id\": \"i%s\", \"timestamp\": %s".formatted(i, T + 10L * i);
        String shown = "{%s, \"features\": {\"user\": \"u%s\"}}".formatted(event, i % 50);
        producer.send(record("shown", partition, shown));
        if (i % 3 == 0) {
          producer.send(record("clicks", partition, "{" + event + "}"));
        }
      }
    }
  }

  private static void sendServed(String topic, int from, int to) throws IOException {
    try (var producer = kafka.clients().producer(Map.of())) {
      for (int i = from; i < to; i++) {
        producer.send(
            record(
                topic,
                0,
                "{\"impression_id\": \"i%s\", \"timestamp\": %s, \"user\": \"u%s\", \"clicked\": %s}"
                    .formatted(i, T + 10L * i, i % 50, i % 3 == 0)));
      }
    }
  }

  private static ProducerRecord<byte[], byte[]> record(String topic, int partition, String json) {
    return new ProducerRecord<>(topic, partition, null, json.getBytes(UTF_8));
  }

  private static JobClient run(LearnerConfig config, Optional<String> from) throws Exception {
    Configuration flink = new Configuration();
    flink.set(RestOptions.BIND_PORT, "0");
    from.ifPresent(path -> flink.set(StateRecoveryOptions.SAVEPOINT_PATH, path));
    LearnerJob job = new LearnerJob(config, false);
    var env = job.localEnvironment(flink);
    job.build(env);
    return env.executeAsync();
  }

  private static String awaitCheckpoint(LearnerConfig config) throws Exception {
    Optional<String> before = RetainedCheckpoints.newest(config);
    while (RetainedCheckpoints.newest(config).equals(before)) {
      Thread.sleep(20);
    }
    return RetainedCheckpoints.newest(config).orElseThrow();
  }

  private static String cancel(JobClient job, LearnerConfig config) throws Exception {
    awaitCheckpoint(config);
    job.cancel().get();
    job.getJobExecutionResult().exceptionally(cancelled -> null).get();
    return RetainedCheckpoints.newest(config).orElseThrow();
  }

  private static List<String> learned(String name) throws Exception {
    return TopicContents.of(kafka, name + "-examples").stream()
        .map(ConsumerRecord::value)
        .filter(new HashSet<>()::add) // a repeat, after a restore, has the same number
        .map(example -> example.replaceFirst(".*\"impression_id\":\"(\\w+)\".*", "$1"))
        .toList();
  }

  private static void awaitExamples(String name, int least) throws Exception {
    while (learned(name).size() < least) {
      Thread.sleep(200);
    }
  }

  private LearnerConfig joined() {
    return LearnerConfig.parse(
        text("joined", "")
            .replaceFirst("(?m)^events: .*$", "")
            .replaceFirst(
                "(?m)^join: .*$",
                "join: {window: 1 s, out-of-orderness: 1 s, warm-up: 0 s, breaker: {enabled:"
                    + " false}}"),
        "learner.yaml",
        List.of("kafka.topics.impressions=shown"));
  }

  private LearnerConfig inline(String topic, String kafkaOptions) {
    return LearnerConfig.parse(text(topic, kafkaOptions), "learner.yaml", List.of());
  }

  private String text(String topic, String kafkaOptions) {
    return """
    name: %1$s
    kafka:
      {bootstrap-servers: "%2$s", topics: {impressions: %1$s, dead-letters: %1$s-dead, late-clicks: %1$s-late, metrics: %1$s-metrics, snapshots: %1$s-snapshots}, properties: {partition.discovery.interval.ms: 200}%3$s}
    events: {impressions: {id: impression_id, label: {field: clicked}}}
    features: [{name: user, kind: categorical}]
    join: {out-of-orderness: 1 s, idleness: 1 h}
    model: {embedding-size: 4, hidden-layers: [8]}
    examples: {to: topic, topic: %1$s-examples}
    snapshot: {root: "%4$s", gate: {base-rate: false}}
    checkpoint: {interval: 300 ms, dir: "%5$s", backend: hashmap}
    parallelism: %6$s
    """
        .formatted(
            topic,
            kafka.bootstrapServers(),
            kafkaOptions,
            folder.resolve("snapshots").toUri(),
            folder.resolve("checkpoints").toUri(),
            topic.equals("joined") ? 2 : 1);
  }
}
