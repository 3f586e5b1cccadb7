package io.freshet.job.pipeline;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.freshet.config.LearnerConfig;
import io.freshet.lab.broker.EmbeddedKafka;
import io.freshet.lab.broker.TopicContents;
import io.freshet.snapshot.storage.LocalStorage;
import io.freshet.snapshot.store.Snapshot;
import io.freshet.snapshot.store.SnapshotReader;
import io.freshet.snapshot.store.SnapshotStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * The whole job on a small fixed stream, stopped in the middle of it and started again: what golden
 * states are made by, and restored by. Its configuration turns on whatever has state.
 */
final class GoldenJob implements AutoCloseable {
  static final int HALF = 400;
  static final int ALL = 800;
  static final int OCCURRENCES = 3; // of an example: the bias, the user, the item
  private static final int EARLY = 100;
  private static final long START = 1_700_000_000_000L;
  private static final long MUCH_LATER = 24 * 3600; // seconds: closes every window
  private static final String CONFIG =
      """
      name: golden
      kafka: {bootstrap-servers: "%s", recreated-topics: accept}
      features: [{name: user, kind: categorical}, {name: item, kind: categorical}]
      join: {window: 1 min, out-of-orderness: 10 s, warm-up: 0 s, policy: wait}
      model: {embedding-size: 4, hidden-layers: [8]}
      train: {dense: {optimizer: {kind: adam}}}
      embedding:
        expiry: 10 d
        max-rows: 10000
        fields: [{name: item, admission: {kind: sketch, after: 2}}]
        sketch-memory: 64 KB
      evaluate: {window: 1 min, at-impression: 0.5, slices: [item]}
      examples: {to: topic, topic: examples}
      predictions: {to: topic, topic: predictions}
      snapshot: {root: "%s", gate: {base-rate: false}}
      checkpoint: {interval: 1 s, dir: "%s", backend: %s}
      parallelism: 2
      max-parallelism: 8
      """;

  private final EmbeddedKafka kafka;
  private final Path folder;
  private final String backend;
  private JobClient client;

  GoldenJob(Path folder, String backend) throws Exception {
    this.folder = folder;
    this.backend = backend;
    kafka = EmbeddedKafka.start();
    for (String topic : List.of("impressions", "clicks")) {
      kafka.topics().create(topic, 2);
    }
  }

  /** Sends a range of impressions and their clicks. */
  void feed(int from, int to) {
    try (var producer = producer()) {
      for (int i = from; i < to; i++) {
        send(producer, i, i, i % 3 == 0);
      }
    }
  }

  /** Sends impressions and clicks of a day later, which the job does not decide. */
  void feedLater() {
    try (var producer = producer()) {
      for (int i = ALL; i < ALL + 2; i++) {
        send(producer, i, MUCH_LATER + i, true);
      }
    }
  }

  private KafkaProducer<byte[], byte[]> producer() {
    return new KafkaProducer<>(
        Map.of("bootstrap.servers", kafka.bootstrapServers()),
        new ByteArraySerializer(),
        new ByteArraySerializer());
  }

  private static void send(
      KafkaProducer<byte[], byte[]> producer, int i, long second, boolean clicked) {
    String user = i < EARLY ? "early" + i % 5 : "u" + i % 37;
    String features = ", \"features\": {\"user\": \"%s\", \"item\": \"i%d\"}";
    send(producer, "impressions", i, START + 1000 * second, features.formatted(user, i % 11));
    if (clicked) {
      send(producer, "clicks", i, START + 1000 * second + 2_000, "");
    }
  }

  private static void send(
      KafkaProducer<byte[], byte[]> producer, String topic, int i, long time, String more) {
    String json = "{\"impression_id\": \"i%s\", \"timestamp\": %s%s}".formatted(i, time, more);
    producer.send(new ProducerRecord<>(topic, i % 2, time, null, json.getBytes(UTF_8)));
  }

  /** Starts the job, from a savepoint or a checkpoint unless the path is empty. */
  void start(String from) throws Exception {
    String text =
        CONFIG.formatted(
            kafka.bootstrapServers(),
            folder.resolve("snapshots").toUri(),
            folder.resolve("checkpoints").toUri(),
            backend);
    Configuration flink = new Configuration();
    if (!from.isEmpty()) {
      flink.set(StateRecoveryOptions.SAVEPOINT_PATH, from);
    }
    LearnerJob job = new LearnerJob(LearnerConfig.parse(text, "golden.yaml", List.of()), false);
    var env = job.localEnvironment(flink);
    job.build(env);
    client = env.executeAsync();
  }

  /** How many examples were learned. */
  int examples() throws IOException, InterruptedException {
    return TopicContents.of(kafka, "predictions").size();
  }

  /** Waits until so many examples were learned. */
  void awaitExamples(int count) throws Exception {
    while (examples() < count) {
      if (client.getJobStatus().get().isGloballyTerminalState()) {
        client.getJobExecutionResult().get();
      }
      Thread.sleep(200);
    }
  }

  /** Stops the job with a canonical savepoint. */
  Path stop() throws Exception {
    var result = client.getJobExecutionResult(); // asked for now: the cluster goes with its job
    String savepoint =
        client
            .stopWithSavepoint(
                false,
                folder.resolve("savepoints").toUri().toString(),
                SavepointFormatType.CANONICAL)
            .get(60, TimeUnit.SECONDS);
    result.get(60, TimeUnit.SECONDS);
    return Path.of(URI.create(savepoint));
  }

  /** Cancels the job and returns its newest checkpoint. */
  Path cancel() throws Exception {
    var result = client.getJobExecutionResult();
    client.cancel().get();
    result.exceptionally(canceled -> null).get();
    try (Stream<Path> files = Files.walk(folder.resolve("checkpoints"))) {
      return files
          .filter(file -> file.endsWith("_metadata"))
          .max((a, b) -> Long.compare(a.toFile().lastModified(), b.toFile().lastModified()))
          .orElseThrow()
          .getParent();
    }
  }

  /** The newest published version. */
  Snapshot latest() throws IOException {
    SnapshotStore store = new SnapshotStore(new LocalStorage(folder.resolve("snapshots")));
    return new SnapshotReader(store).load(store.latest().orElseThrow());
  }

  static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      files.forEach(
          file -> {
            try {
              Path target = to.resolve(from.relativize(file).toString());
              Files.createDirectories(target.getParent());
              if (!Files.isDirectory(file)) {
                Files.copy(file, target);
              }
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          });
    }
  }

  @Override
  public void close() {
    kafka.close();
  }
}
