package io.freshet.job.pipeline;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.config.LearnerConfig;
import io.freshet.feature.Fids;
import io.freshet.feature.ValueHash;
import io.freshet.job.backfill.Backfill;
import io.freshet.lab.broker.EmbeddedKafka;
import io.freshet.lab.broker.TopicContents;
import io.freshet.snapshot.storage.LocalStorage;
import io.freshet.snapshot.store.Snapshot;
import io.freshet.snapshot.store.SnapshotReader;
import io.freshet.snapshot.store.SnapshotStore;
import io.freshet.train.RefusedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.table.api.bridge.java.StreamTableEnvironment;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The examples of {@code src/examples} whose events are tables, as whole jobs. */
@Timeout(180)
final class SqlEventsITCase {
  private static final Path EXAMPLES = Path.of("src/examples");
  private static final int ALL = 2_000;
  private static final String SERVED =
      "{\"request\": %s, \"at_us\": %s, \"client\": {\"id\": \"u%s\", \"country\": \"fi\"},"
          + " \"item\": \"%s\", \"clicked\": %s}";
  private static final long T = 1_767_225_600_000L;
  private static EmbeddedKafka kafka;

  @TempDir private Path folder;

  @BeforeAll
  static void start() throws Exception {
    kafka = EmbeddedKafka.start();
    kafka.topics().ensure(List.of("served", "items", "shown", "clicks"), 2);
  }

  @AfterAll
  static void stop() {
    kafka.close();
  }

  @Test
  void filesOfParquetAreLearnedToTheirEndAndAsTopicsWouldBe() throws Exception {
    writeParquet();
    sendApart();
    String script = example("sql-parquet").replace("file:///data", folder.toUri() + "data");

    run(config("parquet", script, List.of()), Optional.empty()).getJobExecutionResult().get();
    LearnerConfig topics = config("topics", "", List.of("kafka.topics.impressions=shown"));
    execute(new LearnerJob(topics, true), Optional.empty()).getJobExecutionResult().get();

    assertThat(examples("parquet")).hasSize(ALL).isEqualTo(examples("topics"));
    assertThat(TopicContents.of(kafka, "parquet-dead"))
        .singleElement()
        .satisfies(
            letter -> {
              assertThat(letter.value()).contains("\"impression_id\":null", "\"item\":\"bad\"");
              assertThat(header(letter.headers().lastHeader("kind").value()))
                  .isEqualTo("missing-key");
              assertThat(header(letter.headers().lastHeader("topic").value()))
                  .isEqualTo("impressions");
            });
  }

  /** Stopped in the middle and resumed with fewer subtasks, it learns each once. */
  @Test
  void aTopicAndADescriptionOfItsItemsAreLearnedExactlyOnce() throws Exception {
    String script = example("sql-kafka");
    sendItems();
    sendServed(0, ALL / 2);
    LearnerConfig two = config("enriched", script, List.of());
    JobClient first = run(two, Optional.empty());
    awaitLearned(ALL / 10, ALL / 2);
    String checkpoint = cancel(first, two);
    sendServed(ALL / 2, ALL);
    LearnerConfig one = config("enriched", script, List.of("parallelism=1"));
    JobClient second = run(one, Optional.of(checkpoint));
    awaitLearned(ALL, ALL + 20);
    cancel(second, one);

    assertThat(updates()).containsOnly(1L);
    assertThat(examples("enriched"))
        .filteredOn(example -> example.contains("\"i7\""))
        .singleElement()
        .satisfies(
            example -> assertThat(example).contains("," + Fids.of(4, ValueHash.of("c7")) + ","));
    assertThat(TopicContents.of(kafka, "enriched-dead"))
        .extracting(letter -> header(letter.headers().lastHeader("kind").value()))
        .containsExactlyInAnyOrder("bad-timestamp", "missing-key");
  }

  @Test
  void whatCannotBeAskedOfTablesIsRefused() throws Exception {
    LearnerConfig config = config("enriched", example("sql-kafka"), List.of());
    LearnerJob recorded = new LearnerJob(config, false);
    recorded.learningFirst(new Backfill(folder.toString(), false, 1, Optional.empty()));

    assertThatThrownBy(() -> execute(new LearnerJob(config, true), Optional.empty()))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("a table of events.sql goes on: say in the script where it ends");
    assertThatThrownBy(() -> execute(recorded, Optional.empty()))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("add the recording to their views by UNION ALL");
  }

  private static void sendItems() throws IOException {
    try (var producer = kafka.clients().producer(Map.of())) {
      for (int i = 0; i < ALL; i++) {
        String value = "{\"category\": \"c%s\", \"price\": %s.5}".formatted(i % 9, i % 7);
        producer.send(
            new ProducerRecord<>(
                "items", i % 2, T - 1000, ("p" + i).getBytes(UTF_8), value.getBytes(UTF_8)));
      }
    }
  }

  /** Impressions with their labels; the first time one without a time, then one without an id. */
  private static void sendServed(int from, int to) throws IOException {
    try (var producer = kafka.clients().producer(Map.of())) {
      send(
          producer,
          "served",
          from,
          from == 0
              ? SERVED.formatted("\"bad\"", null, 0, "p", true)
              : SERVED.formatted(null, time(from) * 1000, 0, "p", true));
      for (int i = from; i < to; i++) {
        String id = "\"i" + i + "\"";
        send(
            producer,
            "served",
            i,
            SERVED.formatted(id, time(i) * 1000, i % 50, "p" + i, i % 3 == 0));
      }
    }
  }

  /** Cancels a job after another checkpoint, which is returned. */
  private static String cancel(JobClient job, LearnerConfig config) throws Exception {
    Optional<String> before = RetainedCheckpoints.newest(config);
    while (RetainedCheckpoints.newest(config).equals(before)) {
      Thread.sleep(10);
    }
    job.cancel().get();
    job.getJobExecutionResult().exceptionally(cancelled -> null).get();
    return RetainedCheckpoints.newest(config).orElseThrow();
  }

  /** Sends more impressions, with which time goes on, until so many of the others are learned. */
  private void awaitLearned(int least, int from) throws Exception {
    try (var producer = kafka.clients().producer(Map.of())) {
      for (int i = from; updates().stream().filter(count -> count > 0).count() < least; i++) {
        String later = SERVED.formatted("\"later\"", time(i) * 1000, 0, "none", true);
        send(producer, "served", 0, later);
        send(producer, "served", 1, later);
        Thread.sleep(50);
      }
    }
  }

  /** By number of the impression, how often the feature that only it has was learned. */
  private List<Long> updates() throws IOException {
    if (store().latest().isEmpty()) {
      return List.of();
    }
    Snapshot model = new SnapshotReader(store()).load(store().latest().get());
    return IntStream.range(0, ALL)
        .mapToObj(i -> model.updates(Fids.of(3, ValueHash.of("p" + i))))
        .toList();
  }

  private SnapshotStore store() {
    return new SnapshotStore(new LocalStorage(folder.resolve("enriched-snapshots")));
  }

  private static String header(byte[] value) {
    return new String(value, UTF_8);
  }

  private static String example(String name) throws IOException {
    return Files.readString(EXAMPLES.resolve(name).resolve("events.sql"))
        .replace("localhost:9092", kafka.bootstrapServers());
  }

  /** Two thousand impressions, a third of them with a click, and one without an id. */
  private void writeParquet() throws Exception {
    var tables =
        StreamTableEnvironment.create(StreamExecutionEnvironment.createLocalEnvironment(2));
    String sink = "('connector' = 'filesystem', 'format' = 'parquet', 'path' = '%sdata/%s')";
    tables.executeSql(
        """
        CREATE TABLE n (i BIGINT) WITH ('connector' = 'datagen', 'fields.i.kind' = 'sequence',
          'fields.i.start' = '0', 'fields.i.end' = '%s')
        """
            .formatted(ALL - 1));
    tables.executeSql(
        "CREATE TABLE shown (request_id BIGINT, shown_at TIMESTAMP_LTZ(3), user_id STRING,"
            + " item STRING, tags ARRAY<STRING>, price DECIMAL(10, 2)) WITH "
            + sink.formatted(folder.toUri(), "shown"));
    tables.executeSql(
        "CREATE TABLE clicked (request_id BIGINT, clicked_at TIMESTAMP_LTZ(3)) WITH "
            + sink.formatted(folder.toUri(), "clicked"));
    tables
        .executeSql(
            """
            INSERT INTO shown
            SELECT i, TO_TIMESTAMP_LTZ(%1$s + 1000 * i, 3), 'u' || CAST(i %% 50 AS STRING),
              'p' || CAST(i AS STRING), ARRAY['a', 't' || CAST(i %% 3 AS STRING)],
              CAST(i %% 7 + 0.25 AS DECIMAL(10, 2)) FROM n
            UNION ALL
            SELECT CAST(NULL AS BIGINT), TO_TIMESTAMP_LTZ(%1$s, 3), 'u', 'bad', ARRAY['a'],
              CAST(1 AS DECIMAL(10, 2))
            """
                .formatted(T))
        .await();
    tables
        .executeSql(
            "INSERT INTO clicked SELECT i, TO_TIMESTAMP_LTZ(%s + 1000 * i, 3) FROM n WHERE i %% 3 = 0"
                .formatted(T + 500))
        .await();
  }

  /** The same impressions and clicks in topics. */
  private static void sendApart() throws IOException {
    try (var producer = kafka.clients().producer(Map.of())) {
      for (int i = 0; i < ALL; i++) {
        send(
            producer,
            "shown",
            i,
            "{\"impression_id\": \"%s\", \"timestamp\": %s, \"features\": {\"user\": \"u%s\", \"item\": \"p%s\", \"tags\": [\"a\", \"t%s\"], \"price\": %s.25}}"
                .formatted(i, time(i), i % 50, i, i % 3, i % 7));
        if (i % 3 == 0) {
          String click = "{\"impression_id\": \"%s\", \"timestamp\": %s}";
          send(producer, "clicks", i, click.formatted(i, time(i) + 500));
        }
      }
    }
  }

  private static long time(int i) {
    return T + 1000L * i;
  }

  private static void send(
      KafkaProducer<byte[], byte[]> producer, String topic, int i, String value) {
    producer.send(new ProducerRecord<>(topic, i % 2, time(i), null, value.getBytes(UTF_8)));
  }

  private static JobClient run(LearnerConfig config, Optional<String> from) throws Exception {
    return execute(new LearnerJob(config, false), from);
  }

  private static JobClient execute(LearnerJob job, Optional<String> from) throws Exception {
    Configuration flink = new Configuration();
    flink.set(RestOptions.BIND_PORT, "0");
    from.ifPresent(path -> flink.set(StateRecoveryOptions.SAVEPOINT_PATH, path));
    var env = job.localEnvironment(flink);
    job.build(env);
    return env.executeAsync();
  }

  /** Without their numbers and times. */
  private static Set<String> examples(String name) throws Exception {
    return TopicContents.of(kafka, name + "-examples").stream()
        .map(record -> record.value().replaceAll("\"(number|time)\":[^,]*,", ""))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** That of an example, run here; without a script, on topics. */
  private LearnerConfig config(String name, String script, List<String> more) throws IOException {
    String example = name.equals("enriched") ? "sql-kafka" : "sql-parquet";
    Path sql = Files.writeString(folder.resolve(name + ".sql"), script);
    List<String> overrides =
        new ArrayList<>(
            List.of(
                "kafka.bootstrap-servers=" + kafka.bootstrapServers(),
                "kafka.topics.dead-letters=" + name + "-dead",
                "kafka.topics.late-clicks=" + name + "-late",
                "kafka.topics.metrics=" + name + "-metrics",
                "kafka.topics.snapshots=" + name + "-snapshots",
                "events.sql=" + (script.isEmpty() ? "none" : sql),
                "join.max-weight=1",
                "model.embedding-size=4",
                "examples.to=topic",
                "examples.topic=" + name + "-examples",
                "snapshot.root=" + folder.resolve(name + "-snapshots").toUri(),
                "snapshot.gate.base-rate=false",
                "checkpoint.interval=300 ms",
                "checkpoint.dir=" + folder.resolve(name + "-checkpoints").toUri(),
                "checkpoint.backend=hashmap"));
    overrides.addAll(more);
    return LearnerConfig.read(EXAMPLES.resolve(example).resolve("learner.yaml"), overrides);
  }
}
