package io.freshet.job.pipeline;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.freshet.config.LearnerConfig;
import io.freshet.lab.broker.EmbeddedKafka;
import io.freshet.lab.broker.TopicContents;
import io.freshet.lab.docs.CommandRun;
import io.freshet.snapshot.format.Version;
import io.freshet.snapshot.storage.LocalStorage;
import io.freshet.snapshot.store.Snapshot;
import io.freshet.snapshot.store.SnapshotReader;
import io.freshet.snapshot.store.SnapshotStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The whole job, whose tasks go and come by savepoints. */
@Timeout(120)
class TaskChangesITCase {
  private static final long T = 1_700_000_000_000L;
  private static final int LAST = 100; // impressions whose windows may be open
  private static final String CLICK = "{name: click}";
  private static final String LIKE = "{name: like, window: 30 s, warm-up: 0 s, topic: likes}";
  private static final String PURCHASE =
      "{name: purchase, after: click, window: 30 s, warm-up: 0 s, topic: purchases}";

  @TempDir Path folder;

  @Test
  void tasksGoWithMigrateAndComeWithout() throws Exception {
    try (EmbeddedKafka kafka = EmbeddedKafka.start()) {
      kafka.topics().ensure(List.of("impressions", "clicks", "likes", "purchases"), 2);
      String all = run(kafka, "", 0, 3_000, CLICK, LIKE, PURCHASE);
      Snapshot before = latest();

      Path fewer = config(kafka, CLICK, PURCHASE);
      CommandRun refused = CommandRun.of("train", "--config=" + fewer, "--restore=" + all);
      assertThat(refused.code()).isEqualTo(2);
      assertThat(refused.err())
          .contains(
              "train: refused: the state in " + all,
              "(click-source-likes, clicks-likes, label-join-like, progressive-validation-like)",
              "or go on without their state with --migrate");
      Path swapped = config(kafka, "{name: purchase}", LIKE);
      assertThat(
              CommandRun.of("train", "--config=" + swapped, "--restore=" + all, "--migrate").err())
          .contains("train: goes on without the state of")
          .contains("task purchase is the first of model.tasks, and a further one in what");

      String two = run(kafka, all, 3_000, 3_300, CLICK, PURCHASE);
      Snapshot without = latest();
      assertThat(without.manifest().tasks().names()).containsExactly("click", "purchase");
      assertThat(without.manifest().metrics()).doesNotContainKey("like.logloss");
      assertThat(TopicContents.of(kafka, "dead-letters")).isEmpty();
      assertThat(without.fids()).contains(before.fids());
      assertThat(firstAfter(before).gauge().of(1))
          .as("goes on from its own figures")
          .isEqualTo(before.gauge().of(2))
          .isNotEqualTo(before.gauge().of(1));

      run(kafka, two, 3_300, 3_600, CLICK, PURCHASE, LIKE);
      assertThat(latest().manifest().tasks().names()).containsExactly("click", "purchase", "like");
      assertThat(learned(kafka))
          .as("what was shown before it came back is not its own")
          .contains("like/i2800", "like/i3400", "purchase/i3150")
          .doesNotContain("like/i3100");
    }
  }

  /** Publishes a version, then learns what comes of some impressions; returns a savepoint. */
  private String run(EmbeddedKafka kafka, String from, int first, int end, String... tasks)
      throws Exception {
    int lineages = lineages();
    Configuration flink = new Configuration();
    if (!from.isEmpty()) {
      flink.set(StateRecoveryOptions.SAVEPOINT_PATH, from);
    }
    LearnerConfig config = LearnerConfig.read(config(kafka, tasks), List.of());
    LearnerJob job = new LearnerJob(config, false);
    if (tasks.length == 2) {
      job.migrating();
    }
    var env = job.localEnvironment(flink);
    job.build(env);
    JobClient running = env.executeAsync();
    var result = running.getJobExecutionResult();
    boolean isFed = false;
    while (!isLearned(kafka, tasks, end - LAST)) {
      if (!isFed && lineages() > lineages) {
        feed(kafka, first, end);
        isFed = true;
      }
      if (result.isDone()) {
        result.get();
      }
      Thread.sleep(100);
    }
    String savepoint =
        running
            .stopWithSavepoint(
                false, folder.resolve("savepoints").toUri().toString(), SavepointFormatType.NATIVE)
            .get(60, TimeUnit.SECONDS);
    result.get(60, TimeUnit.SECONDS);
    return savepoint;
  }

  private static boolean isLearned(EmbeddedKafka kafka, String[] tasks, int i) throws Exception {
    Set<String> learned = learned(kafka);
    return Stream.of("click", "purchase", "like")
        .filter(task -> Arrays.stream(tasks).anyMatch(each -> each.startsWith("{name: " + task)))
        .allMatch(task -> learned.contains(task + "/i" + i));
  }

  /** Which impressions, by task. */
  private static Set<String> learned(EmbeddedKafka kafka) throws Exception {
    Set<String> learned = new HashSet<>();
    for (var record : TopicContents.of(kafka, "predictions")) {
      JsonNode prediction = new ObjectMapper().readTree(record.value());
      learned.add(prediction.get("task").asText() + "/" + prediction.get("impression_id").asText());
    }
    return learned;
  }

  private Path config(EmbeddedKafka kafka, String... tasks) throws IOException {
    String text =
        """
        name: shop
        kafka: {bootstrap-servers: "%s"}
        features: [{name: user, kind: categorical}, {name: item, kind: categorical}]
        join: {window: 10 s, warm-up: 0 s, breaker: {enabled: false}}
        model: {embedding-size: 4, hidden-layers: [8], tasks: [%s]}
        predictions: {to: topic, topic: predictions}
        snapshot: {root: "%s", gate: {base-rate: false}}
        checkpoint: {interval: 500 ms, dir: "%s", backend: hashmap}
        parallelism: 2
        """;
    return Files.writeString(
        Files.createTempFile(folder, "learner", ".yaml"),
        text.formatted(
            kafka.bootstrapServers(),
            String.join(", ", tasks),
            folder.resolve("snapshots").toUri(),
            folder.resolve("checkpoints").toUri()));
  }

  private SnapshotStore store() {
    return new SnapshotStore(new LocalStorage(folder.resolve("snapshots")));
  }

  private int lineages() throws IOException {
    return (int) store().versions().stream().map(Version::lineage).distinct().count();
  }

  private Snapshot latest() throws IOException {
    return new SnapshotReader(store()).load(store().latest().orElseThrow());
  }

  /** The first version of the lineage that follows that of another. */
  private Snapshot firstAfter(Snapshot other) throws IOException {
    Version first =
        store().versions().stream()
            .filter(each -> !each.lineage().equals(other.manifest().version().lineage()))
            .min(Comparator.comparing(Version::checkpoint))
            .orElseThrow();
    return new SnapshotReader(store()).load(first);
  }

  /** Half is clicked and liked, a tenth is bought. */
  private static void feed(EmbeddedKafka kafka, int from, int to) throws IOException {
    try (var producer = kafka.clients().producer(Map.of())) {
      for (int i = from; i < to; i++) {
        long shown = T + 1000L * i;
        String features = ", \"features\": {\"user\": \"u%d\", \"item\": \"i%d\"}";
        send(producer, "impressions", i, shown, features.formatted(i % 7, i % 11));
        if (i % 2 == 0) {
          send(producer, "clicks", i, shown + 2_000, "");
          send(producer, "likes", i, shown + 3_000, "");
        }
        if (i % 20 == 0 || i % 20 == 2) { // of each partition
          send(producer, "purchases", i, shown + 4_000, "");
        }
      }
    }
  }

  private static void send(
      KafkaProducer<byte[], byte[]> producer, String topic, int i, long time, String more) {
    String json = "{\"impression_id\": \"i%s\", \"timestamp\": %s%s}".formatted(i, time, more);
    producer.send(new ProducerRecord<>(topic, i / 2 % 2, time, null, json.getBytes(UTF_8)));
  }
}
