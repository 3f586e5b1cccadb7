package io.freshet.job.pipeline;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.config.LearnerConfig;
import io.freshet.event.EventFormat;
import io.freshet.feature.Fids;
import io.freshet.feature.ValueHash;
import io.freshet.job.backfill.Backfill;
import io.freshet.kafka.TopicAdmin;
import io.freshet.lab.broker.EmbeddedKafka;
import io.freshet.lab.broker.TopicContents;
import io.freshet.snapshot.storage.LocalStorage;
import io.freshet.snapshot.store.Snapshot;
import io.freshet.snapshot.store.SnapshotReader;
import io.freshet.snapshot.store.SnapshotStore;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The whole job on a topic whose impressions say their labels: stopped in the middle and resumed,
 * it learns each once, and the examples are those of the join over the same events apart.
 */
@Timeout(180)
final class InlineLabelsITCase {
  private static final int ALL = 6_000;
  private static final int TAIL = 20; // impressions by which time goes on
  private static final long T = 1_767_225_600_000L;
  private static final Schema SCHEMA =
      new Schema.Parser()
          .parse(
              """
              {"type": "record", "name": "Served", "fields": [
                {"name": "request", "type": "long"},
                {"name": "at", "type": {"type": "long", "logicalType": "timestamp-micros"}},
                {"name": "page", "type": "string"},
                {"name": "user", "type": ["null", "string"]},
                {"name": "outcome", "type": {"type": "record", "name": "Outcome", "fields": [
                  {"name": "clicked", "type": ["null", "boolean"]}]}},
                {"name": "w", "type": "float"}]}
              """);

  @TempDir private Path folder;
  private EmbeddedKafka kafka;
  private final Queue<Exception> unsent = new ConcurrentLinkedQueue<>();

  @BeforeEach
  void start() throws Exception {
    kafka = EmbeddedKafka.start();
    kafka.topics().ensure(List.of("served", "shown", "clicks"), 2);
  }

  @AfterEach
  void stop() {
    kafka.close();
  }

  @ParameterizedTest
  @EnumSource(EventFormat.class)
  void eachIsLearnedOnceAndAsTheJoinWouldHaveLearnedIt(EventFormat format) throws Exception {
    if (format == EventFormat.AVRO) {
      Files.createDirectories(folder.resolve("schemas"));
      Files.writeString(folder.resolve("schemas/7.avsc"), SCHEMA.toString());
    }
    sendApart();
    LearnerConfig joined = config("joined", "shown", "", 1);
    run(joined, true, Optional.empty()).getJobExecutionResult().get();

    sendServed(0, ALL / 2, format);
    JobClient first = run(inline(format, 2), false, Optional.empty());
    awaitExamples(ALL / 10);
    String checkpoint = cancel(first, format);
    sendServed(ALL / 2, ALL + TAIL, format);
    JobClient second = run(inline(format, 1), false, Optional.of(checkpoint));
    awaitExamples(ALL + 1);
    cancel(second, format);

    assertThat(unsent).isEmpty();
    assertThat(examples("inline")).hasSize(ALL).isEqualTo(examples("joined"));
    assertThat(updates()).containsOnly(1L);
    assertThat(TopicContents.of(kafka, "inline-dead"))
        .extracting(letter -> new String(letter.headers().lastHeader("kind").value(), UTF_8))
        .hasSizeGreaterThanOrEqualTo(2)
        .containsOnly("missing-key");
    try (TopicAdmin admin = kafka.clients().topicAdmin()) {
      assertThat(admin.topics(List.of("inline-late"))).isEmpty();
    }
  }

  @Test
  void aRecordingIsLearnedFirstInEachPass() throws Exception {
    Path archive = Files.createDirectories(folder.resolve("archive"));
    List<String> lines = IntStream.range(0, 1_000).mapToObj(InlineLabelsITCase::json).toList();
    Files.write(archive.resolve("served.jsonl"), lines);
    sendServed(0, ALL + TAIL, EventFormat.JSON);
    LearnerJob job = new LearnerJob(inline(EventFormat.JSON, 1), false);
    job.learningFirst(new Backfill(archive.toString(), false, 2, Optional.empty()));

    JobClient running = execute(job, Optional.empty());
    int recorded = 1_000 - 6; // those that may be followed by earlier ones are left to the topic
    awaitExamples(ALL - recorded + 1);
    cancel(running, EventFormat.JSON);

    assertThat(updates().subList(0, recorded)).containsOnly(2L);
    assertThat(updates().subList(recorded + 2, ALL)).containsOnly(1L);
  }

  private static boolean isClicked(int i) {
    return i % 3 == 0;
  }

  private static float weight(int i) {
    return i % 5 == 0 ? 0.5f : 2;
  }

  private static long time(int i) {
    return T + 1000L * i;
  }

  private static String json(int i) {
    return "{\"request\": %s, \"at\": %s, \"page\": \"p%s\", \"user\": \"u%s\", \"outcome\": {\"clicked\": %s, \"rank\": 3}, \"w\": %s}"
        .formatted(i, time(i) * 1000, i, i % 50, i < 0 ? null : isClicked(i), weight(i));
  }

  private static byte[] avro(int i) throws IOException {
    Schema outcome = SCHEMA.getField("outcome").schema();
    GenericRecord record =
        new GenericRecordBuilder(SCHEMA)
            .set("request", (long) i)
            .set("at", time(i) * 1000)
            .set("page", "p" + i)
            .set("user", "u" + i % 50)
            .set(
                "outcome",
                new GenericRecordBuilder(outcome)
                    .set("clicked", i < 0 ? null : (Object) isClicked(i))
                    .build())
            .set("w", weight(i))
            .build();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.writeBytes(ByteBuffer.allocate(5).put((byte) 0).putInt(7).array());
    BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(bytes, null);
    new GenericDatumWriter<GenericRecord>(SCHEMA).write(record, encoder);
    encoder.flush();
    return bytes.toByteArray();
  }

  /** Impressions that say their labels, and one that says none. */
  private void sendServed(int from, int to, EventFormat format) throws IOException {
    try (var producer = kafka.clients().producer(Map.of())) {
      send(producer, "served", -1 - from, format == EventFormat.AVRO ? avro(-1) : bytes(json(-1)));
      for (int i = from; i < to; i++) {
        send(producer, "served", i, format == EventFormat.AVRO ? avro(i) : bytes(json(i)));
      }
    }
  }

  /** The same, and their clicks, in topics of their own. */
  private void sendApart() throws IOException {
    try (var producer = kafka.clients().producer(Map.of())) {
      for (int i = 0; i < ALL; i++) {
        send(producer, "shown", i, bytes(json(i)));
        if (isClicked(i)) {
          String click = "{\"impression_id\": \"%s\", \"timestamp\": %s}";
          send(producer, "clicks", i, bytes(click.formatted(i, time(i) + 500)));
        }
      }
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  private void send(KafkaProducer<byte[], byte[]> producer, String topic, int i, byte[] value) {
    producer.send(
        new ProducerRecord<>(topic, Math.abs(i % 2), time(Math.max(0, i)), null, value),
        (place, failure) -> {
          if (failure != null) {
            unsent.add(failure);
          }
        });
  }

  private JobClient run(LearnerConfig config, boolean bounded, Optional<String> from)
      throws Exception {
    return execute(new LearnerJob(config, bounded), from);
  }

  private static JobClient execute(LearnerJob job, Optional<String> from) throws Exception {
    Configuration flink = new Configuration();
    flink.set(RestOptions.BIND_PORT, "0");
    from.ifPresent(path -> flink.set(StateRecoveryOptions.SAVEPOINT_PATH, path));
    var env = job.localEnvironment(flink);
    job.build(env);
    return env.executeAsync();
  }

  /** Cancels a job after another checkpoint, which is returned. */
  private String cancel(JobClient job, EventFormat format) throws Exception {
    LearnerConfig config = inline(format, 1);
    Optional<String> before = RetainedCheckpoints.newest(config);
    while (RetainedCheckpoints.newest(config).equals(before)) {
      Thread.sleep(10);
    }
    job.cancel().get();
    job.getJobExecutionResult().exceptionally(cancelled -> null).get();
    return RetainedCheckpoints.newest(config).orElseThrow();
  }

  private void awaitExamples(int least) throws Exception {
    while (store().latest().isEmpty()
        || store().manifest(store().latest().get()).metrics().getOrDefault("examples", 0.0)
            < least) {
      Thread.sleep(10);
    }
  }

  /** By number of the impression, how often the feature that only it has was learned. */
  private List<Long> updates() throws IOException {
    Snapshot model = new SnapshotReader(store()).load(store().latest().orElseThrow());
    return IntStream.range(0, ALL)
        .mapToObj(i -> model.updates(Fids.of(2, ValueHash.of("p" + i))))
        .toList();
  }

  private SnapshotStore store() {
    return new SnapshotStore(new LocalStorage(folder.resolve("inline-snapshots")));
  }

  /** Without their numbers and times. */
  private Set<String> examples(String name) throws Exception {
    return TopicContents.of(kafka, name + "-examples").stream()
        .map(record -> record.value().replaceAll("\"(number|time)\":[^,]*,", ""))
        .filter(example -> !example.matches(".*\"60[01]\\d\".*")) // of the tail
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private LearnerConfig inline(EventFormat format, int parallelism) {
    String avro =
        format == EventFormat.AVRO
            ? "format: avro, schemas: \"%s\", ".formatted(folder.resolve("schemas").toUri())
            : "";
    return config("inline", "served", avro, parallelism);
  }

  private LearnerConfig config(String name, String topic, String avro, int parallelism) {
    boolean inline = topic.equals("served");
    return LearnerConfig.parse(
        """
        name: %1$s
        kafka:
          bootstrap-servers: "%2$s"
          topics: {impressions: %3$s, clicks: clicks, dead-letters: %1$s-dead, late-clicks: %1$s-late, metrics: %1$s-metrics, snapshots: %1$s-snapshots}
        events:
          {%4$s impressions: {id: request, timestamp: at, timestamp-unit: us, weight: w%5$s}}
        features:
          - {name: user, kind: categorical}
          - {name: page, kind: categorical}
        join: %6$s
        model: {embedding-size: 4, hidden-layers: [8]}
        examples: {to: topic, topic: %1$s-examples}
        snapshot: {root: "%7$s", gate: {base-rate: false}}
        checkpoint: {interval: 300 ms, dir: "%8$s", backend: hashmap}
        parallelism: %9$s
        """
            .formatted(
                name,
                kafka.bootstrapServers(),
                topic,
                avro,
                inline ? ", label: {field: outcome.clicked}" : "",
                inline
                    ? "{max-weight: 1, out-of-orderness: 5 s}"
                    : "{max-weight: 1, window: 1 min, breaker: {enabled: false}}",
                folder.resolve(name + "-snapshots").toUri(),
                folder.resolve(name + "-checkpoints").toUri(),
                parallelism),
        "learner.yaml",
        List.of());
  }
}
