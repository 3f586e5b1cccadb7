package io.freshet.job.pipeline;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.config.LearnerConfig;
import io.freshet.event.FeatureValues;
import io.freshet.feature.Fids;
import io.freshet.feature.ValueHash;
import io.freshet.feature.example.Example;
import io.freshet.job.example.RecordFiles;
import io.freshet.lab.broker.EmbeddedKafka;
import io.freshet.lab.stream.LocalSink;
import io.freshet.serve.follow.SnapshotFollower;
import io.freshet.serve.model.Scorer;
import io.freshet.snapshot.format.Manifest;
import io.freshet.snapshot.format.Version;
import io.freshet.snapshot.storage.LocalStorage;
import io.freshet.snapshot.store.SnapshotReader;
import io.freshet.snapshot.store.SnapshotStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The whole job, failing once after a checkpoint: each example has the sequence that the clicks of
 * its user say, as of its impression, unless the event carries one; and each version has what the
 * clicks up to its cut say.
 */
@Timeout(120)
final class HistoryJobITCase {
  private static final long T = 1_767_225_600_000L;
  private static final int IMPRESSIONS = 3_000;
  private static final int TAIL = 20; // impressions by which time goes on
  private static final int LENGTH = 4;
  private static final int USERS = 23;

  private static final String RECENT =
      "- {name: recent, kind: sequence, of: item, length: %s, pooling: attention, history: {}}"
          .formatted(LENGTH);

  private static final String BOTH =
      ", tasks: [{name: click}, {name: purchase, after: click, window: 15 min, topic: purchases}]";

  private static final AtomicReference<IllegalStateException> FAILURE = new AtomicReference<>();

  @TempDir private Path folder;

  private final Map<String, List<Integer>> sent = new HashMap<>(); // by topic and partition
  private int tasks;

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void examplesHaveTheSequencesOfTheOracle(int tasks) throws Exception {
    this.tasks = tasks;
    try (EmbeddedKafka kafka = EmbeddedKafka.start()) {
      kafka.topics().ensure(List.of("impressions", "clicks", "purchases"), 2);
      LearnerConfig config = config(kafka, RECENT);
      FAILURE.set(null);

      feed(kafka, 0, IMPRESSIONS / 2);
      JobClient running = start(config, Optional.empty());
      while (RetainedCheckpoints.newest(config).isEmpty()) {
        Thread.sleep(10);
      }
      FAILURE.set(new IllegalStateException("a failure that the test makes"));
      feed(kafka, IMPRESSIONS / 2, IMPRESSIONS + TAIL);
      Map<Integer, long[]> sequences = sequences();
      while (sequences.size() < tasks * IMPRESSIONS) {
        Thread.sleep(100);
        sequences = sequences();
      }
      stop(running);

      assertThat(FAILURE.get()).as("the failure that is due").isNull();
      sequences.forEach(
          (key, found) -> {
            int i = key % IMPRESSIONS;
            assertThat(found).as("of impression %s", i).containsExactly(expected(i));
          });
      versionsHaveTheHistoriesOfTheirCuts();
      goesOnWithoutTheHistory(kafka, RetainedCheckpoints.newest(config).orElseThrow());
    }
  }

  private void goesOnWithoutTheHistory(EmbeddedKafka kafka, String checkpoint) throws Exception {
    feed(kafka, IMPRESSIONS + TAIL, IMPRESSIONS + 3 * TAIL);
    JobClient running = start(config(kafka, ""), Optional.of(checkpoint));
    while (!isLearned(IMPRESSIONS + 2 * TAIL)) {
      Thread.sleep(100);
    }
    stop(running);
  }

  private void versionsHaveTheHistoriesOfTheirCuts() throws Exception {
    SnapshotStore store = new SnapshotStore(new LocalStorage(folder.resolve("snapshots")));
    try (SnapshotFollower follower = new SnapshotFollower(store, InstantSource.system())) {
      for (Version version : store.versions()) {
        follower.pin(Optional.of(version));
        follower.look();
        try (Scorer scorer = follower.model().orElseThrow().newScorer()) {
          assertThat(scorer.model().version()).isEqualTo(version);
          for (int user = 0; user < USERS; user++) {
            assertThat(served(scorer, user))
                .as("of u%s by %s", user, version)
                .containsExactly(expected(user, scorer.model().manifest()));
          }
        }
        assertThat(new SnapshotReader(store).verify(version).problems()).isEmpty();
      }
    }
    assertThat(expected(1, store.manifest(store.latest().orElseThrow()))).hasSize(LENGTH);
  }

  private static long[] served(Scorer scorer, int user) throws Exception {
    FeatureValues features =
        FeatureValues.of(scorer.names(), Map.of("user", "u" + user, "item", "m1"));
    return sequence(scorer.encode(features, shown(IMPRESSIONS + TAIL)));
  }

  /** The last clicks of those that, as their impressions, were read up to the version's cut. */
  private long[] expected(int user, Manifest manifest) {
    Set<Integer> clicks = read("clicks", manifest);
    clicks.retainAll(read("impressions", manifest));
    return lastOf(clicks.stream().filter(i -> i % USERS == user));
  }

  private Set<Integer> read(String topic, Manifest manifest) {
    Set<Integer> read = new HashSet<>();
    for (int partition = 0; partition < 2; partition++) {
      String name = topic + "-" + partition;
      int offset = manifest.offsets().getOrDefault(name, 0L).intValue();
      read.addAll(sent.getOrDefault(name, List.of()).subList(0, offset));
    }
    return read;
  }

  private static JobClient start(LearnerConfig config, Optional<String> checkpoint)
      throws Exception {
    Configuration flink = new Configuration();
    checkpoint.ifPresent(path -> flink.set(StateRecoveryOptions.SAVEPOINT_PATH, path));
    LearnerJob job = new LearnerJob(config, false);
    job.withExamples(new LocalSink<>(example -> failIfDue()));
    var env = job.localEnvironment(flink);
    job.build(env);
    return env.executeAsync();
  }

  private static void stop(JobClient running) throws Exception {
    running.cancel().get();
    running.getJobExecutionResult().exceptionally(cancelled -> null).get();
  }

  private static void failIfDue() {
    IllegalStateException failure = FAILURE.getAndSet(null);
    if (failure != null) {
      throw failure;
    }
  }

  /** Of each impression that is learned, by task and number, and none twice. */
  private Map<Integer, long[]> sequences() throws IOException {
    Map<Integer, long[]> sequences = new TreeMap<>();
    if (isWritten()) {
      RecordFiles.examples(
          examples().toUri().toString(),
          example -> {
            int i = Integer.parseInt(example.impressionId().substring(1));
            if (i < IMPRESSIONS) {
              boolean did = example.task() == 0 ? isClicked(i) : isBought(i);
              assertThat(example.label()).isEqualTo(did ? 1 : 0);
              int key = example.task() * IMPRESSIONS + i;
              assertThat(sequences.put(key, sequence(example.example())))
                  .as("of %s twice", i)
                  .isNull();
            }
          });
    }
    return sequences;
  }

  private boolean isLearned(int i) throws IOException {
    AtomicBoolean isLearned = new AtomicBoolean();
    RecordFiles.examples(
        examples().toUri().toString(),
        example -> isLearned.compareAndSet(false, example.impressionId().equals("i" + i)));
    return isLearned.get();
  }

  private Path examples() {
    return folder.resolve("examples");
  }

  private boolean isWritten() throws IOException {
    if (Files.notExists(examples())) {
      return false;
    }
    try (Stream<Path> files = Files.walk(examples())) {
      return files.anyMatch(file -> file.toString().endsWith(".jsonl.gz"));
    }
  }

  private static boolean isClicked(int i) {
    return i % 3 == 0;
  }

  private static boolean isBought(int i) {
    return i % 6 == 0;
  }

  private static boolean carriesItsOwn(int i) {
    return i % 10 == 7;
  }

  private static long shown(int i) {
    return T + 1000L * i + (i < IMPRESSIONS ? 0 : 100_000L * (i - IMPRESSIONS));
  }

  private static long clicked(int i) {
    return shown(i) + 1 + i * 7919L % 300_000;
  }

  private static String item(int i) {
    return "m" + i * 31 % 101;
  }

  private static long[] expected(int of) {
    if (carriesItsOwn(of)) {
      return new long[] {Fids.of(3, ValueHash.of("x")), Fids.of(3, ValueHash.of("y"))};
    }
    return lastOf(
        IntStream.range(0, IMPRESSIONS)
            .filter(i -> i % USERS == of % USERS && isClicked(i) && clicked(i) < shown(of))
            .boxed());
  }

  private static long[] lastOf(Stream<Integer> clicks) {
    long[] items =
        clicks
            .sorted(Comparator.comparing(HistoryJobITCase::clicked).reversed())
            .limit(LENGTH)
            .mapToLong(i -> Fids.of(3, ValueHash.of(item(i))))
            .toArray();
    return items.length == 0 ? new long[] {Fids.missing(3)} : items;
  }

  private static long[] sequence(Example example) {
    return Arrays.stream(example.fids()).filter(fid -> Fids.field(fid) == 3).toArray();
  }

  private void feed(EmbeddedKafka kafka, int from, int to) throws Exception {
    try (var producer = kafka.clients().producer(Map.of())) {
      for (int i = from; i < to; i++) {
        String own = carriesItsOwn(i) ? ", \"recent\": [\"x\", \"y\"]" : "";
        String features =
            ", \"features\": {\"user\": \"u%s\", \"item\": \"%s\"%s}"
                .formatted(i % USERS, item(i), own);
        send(producer, "impressions", i, shown(i), features);
      }
      IntStream.range(from, to)
          .filter(HistoryJobITCase::isClicked)
          .boxed()
          .sorted(Comparator.comparing(HistoryJobITCase::clicked))
          .forEach(
              i -> {
                send(producer, "clicks", i, clicked(i), "");
                if (isBought(i)) {
                  send(producer, "purchases", i, clicked(i) + 1000, "");
                }
              });
    }
  }

  private void send(
      KafkaProducer<byte[], byte[]> producer, String topic, int i, long time, String more) {
    String json = "{\"impression_id\": \"i%s\", \"timestamp\": %s%s}".formatted(i, time, more);
    int partition = (topic.equals("purchases") ? i / 6 : i) % 2;
    sent.computeIfAbsent(topic + "-" + partition, name -> new ArrayList<>()).add(i);
    producer.send(new ProducerRecord<>(topic, partition, time, null, json.getBytes(UTF_8)));
  }

  private LearnerConfig config(EmbeddedKafka kafka, String recent) {
    return LearnerConfig.parse(
        """
        kafka: {bootstrap-servers: "%s"}
        features:
          - {name: user, kind: categorical}
          - {name: item, kind: categorical}
          %s
        join: {window: 10 min, breaker: {enabled: false}}
        model: {embedding-size: 4, hidden-layers: [8]%s}
        examples: {to: files, dir: "%s"}
        snapshot: {root: "%s", gate: {base-rate: false}}
        checkpoint: {interval: 200 ms, dir: "%s", backend: rocksdb}
        parallelism: 2
        """
            .formatted(
                kafka.bootstrapServers(),
                recent,
                tasks == 1 ? "" : BOTH,
                examples().toUri(),
                folder.resolve("snapshots").toUri(),
                folder.resolve("checkpoints").toUri()),
        "learner.yaml",
        List.of());
  }
}
