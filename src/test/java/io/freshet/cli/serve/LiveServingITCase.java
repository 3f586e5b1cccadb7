package io.freshet.cli.serve;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.freshet.config.LearnerConfig;
import io.freshet.event.DecodeResult;
import io.freshet.event.FeatureValues;
import io.freshet.feature.ExampleEncoder;
import io.freshet.feature.example.Example;
import io.freshet.job.pipeline.LearnerJob;
import io.freshet.lab.broker.EmbeddedKafka;
import io.freshet.model.kind.Predictor;
import io.freshet.model.label.LabelCorrection;
import io.freshet.model.row.UnknownRows;
import io.freshet.serve.follow.SnapshotFollower;
import io.freshet.serve.http.ModelServer;
import io.freshet.serve.http.ServeSettings;
import io.freshet.serve.rows.MemoryStore;
import io.freshet.serve.rows.RocksStore;
import io.freshet.serve.rows.RowStore;
import io.freshet.snapshot.format.Version;
import io.freshet.snapshot.publish.SampleChain;
import io.freshet.snapshot.storage.LocalStorage;
import io.freshet.snapshot.store.Snapshot;
import io.freshet.snapshot.store.SnapshotReader;
import io.freshet.snapshot.store.SnapshotStore;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The job learns from Kafka and publishes twice a second, while two servers, one with its rows in
 * memory and one with them on disk, answer all the time: each answer is of one version, which moves
 * on along the chain, and can be computed again from that version's files.
 */
@Timeout(240)
class LiveServingITCase {
  private static final int VERSIONS = 6; // that each server answers with while the job runs
  private static final int USERS = 60;
  private static final String CONFIG =
      """
      name: live
      kafka: {bootstrap-servers: "%s"}
      features:
        - {name: user, kind: categorical}
        - {name: item, kind: categorical}
        - {name: price, kind: numeric, transform: log}
      join: {window: 500 ms, out-of-orderness: 0 s, timer-bucket: 100 ms}
      model: {embedding-size: 4, hidden-layers: [8]}
      snapshot: {root: "%s"}
      checkpoint: {interval: 500 ms, dir: "%s", backend: hashmap}
      parallelism: 1
      """;

  @TempDir Path folder;
  private final long seed = new Random().nextLong();
  private volatile boolean running = true;

  @Test
  void everyAnswerIsOfOneVersionWhileTheJobPublishes() throws Exception {
    Path root = folder.resolve("snapshots");
    SnapshotStore store = new SnapshotStore(new LocalStorage(root));
    ExecutorService threads = Executors.newCachedThreadPool();
    try (EmbeddedKafka kafka = EmbeddedKafka.start();
        Server memory = new Server(store, new MemoryStore());
        Server disk = new Server(store, new RocksStore(folder.resolve("store"), 16 << 20))) {
      LearnerConfig config = config(kafka);
      Future<?> feed = threads.submit(() -> feed(kafka));
      JobClient job = start(config);
      while (store.latest().isEmpty()) {
        assertRuns(job);
        Thread.sleep(50);
      }
      Future<List<Answer>> ofMemory = threads.submit(() -> askOn(memory));
      Future<List<Answer>> ofDisk = threads.submit(() -> askOn(disk));
      while (memory.seen.size() < VERSIONS
          || disk.seen.size() < VERSIONS
          || store.manifest(store.latest().orElseThrow()).dense().examples() == 0) {
        assertRuns(job);
        Thread.sleep(50);
      }
      Version last = stop(job, store);
      List<Long> gone = forgetUsers(root, store, config, last);
      awaitServed(store.latest().orElseThrow(), memory, disk);
      running = false;
      feed.get();

      List<Version> chain = chain(store);
      Oracle oracle = new Oracle(store, config);
      for (List<Answer> answers : List.of(ofMemory.get(), ofDisk.get())) {
        assertRight(answers, chain, oracle);
      }
      assertGone(gone, memory, disk);
    } finally {
      running = false;
      threads.shutdownNow();
    }
  }

  private LearnerConfig config(EmbeddedKafka kafka) throws Exception {
    kafka.topics().create("impressions", 1);
    kafka.topics().create("clicks", 1);
    String text =
        CONFIG.formatted(
            kafka.bootstrapServers(),
            folder.resolve("snapshots").toUri(),
            folder.resolve("checkpoints").toUri());
    return LearnerConfig.parse(text, "learner.yaml", List.of());
  }

  private static JobClient start(LearnerConfig config) throws Exception {
    LearnerJob job = new LearnerJob(config, false);
    var env = job.localEnvironment(new Configuration());
    job.build(env);
    return env.executeAsync();
  }

  /** Some hundred impressions a second, as they happen; odd items are clicked. */
  private Void feed(EmbeddedKafka kafka) throws Exception {
    Random random = new Random(seed);
    try (var producer = kafka.clients().producer(Map.of())) {
      for (int i = 0; running; i++) {
        long now = System.currentTimeMillis();
        int item = random.nextInt(20);
        String id = "\"impression_id\": \"i" + i + "\", \"timestamp\": " + now;
        String features =
            "{\"user\": \"u%s\", \"item\": \"i%s\", \"price\": %s}"
                .formatted(random.nextInt(USERS), item, random.nextInt(9));
        producer.send(record("impressions", "{" + id + ", \"features\": " + features + "}"));
        if (item % 2 == 1) {
          producer.send(record("clicks", "{" + id + "}"));
        }
        Thread.sleep(2);
      }
    }
    return null;
  }

  private static ProducerRecord<byte[], byte[]> record(String topic, String json) {
    return new ProducerRecord<>(topic, json.getBytes(UTF_8));
  }

  private static void assertRuns(JobClient job) throws Exception {
    assertThat(job.getJobStatus().get()).isNotIn(JobStatus.FAILED, JobStatus.CANCELED);
  }

  /** Ends the job; the version that it published last. */
  private static Version stop(JobClient job, SnapshotStore store) throws Exception {
    var ended = job.getJobExecutionResult().handle((result, cancelled) -> true);
    job.cancel().get();
    ended.get();
    return store.latest().orElseThrow();
  }

  /** Publishes a delta that removes the rows of ten users. */
  private List<Long> forgetUsers(Path root, SnapshotStore store, LearnerConfig config, Version last)
      throws Exception {
    Snapshot model = new SnapshotReader(store).load(last);
    List<Long> gone =
        IntStream.range(0, 10)
            .mapToObj(u -> encode(config, "u" + u).fids()[1])
            .filter(fid -> model.read(fid, new float[model.width()], 0))
            .sorted()
            .toList();
    new SampleChain(root, config.features(), config.model())
        .gauge(model.gauge())
        .publish(
            new Version(last.lineage(), last.checkpoint() + 1),
            Optional.of(last),
            new TreeMap<>(),
            gone.stream().mapToLong(fid -> fid).toArray(),
            model.denseVector());
    return gone;
  }

  private static void awaitServed(Version version, Server... servers) throws Exception {
    for (Server server : servers) {
      while (!server.follower.model().orElseThrow().version().equals(version)) {
        Thread.sleep(20);
      }
    }
    Thread.sleep(200); // for some answers more
  }

  /** The versions in the order in which they build on each other. */
  private static List<Version> chain(SnapshotStore store) throws Exception {
    List<Version> chain = new ArrayList<>();
    Optional<Version> version = store.latest();
    while (version.isPresent()) {
      chain.add(0, version.get());
      version = store.manifest(version.get()).parent();
    }
    return chain;
  }

  private void assertRight(List<Answer> answers, List<Version> chain, Oracle oracle)
      throws Exception {
    int at = 0;
    Map<Version, Integer> seen = new LinkedHashMap<>();
    for (Answer answer : answers) {
      assertThat(answer.status).as("seed %d: %s", seed, answer.body).isEqualTo(200);
      JsonNode json = new ObjectMapper().readTree(answer.body);
      Version version = Version.parse(json.path("model_version").asText()).orElseThrow();
      int place = chain.indexOf(version);
      assertThat(place)
          .as("seed %d: %s after %s", seed, version, chain.get(at))
          .isGreaterThanOrEqualTo(at);
      at = place;
      if (seen.merge(version, 1, Integer::sum) < 20) {
        assertThat(floats(json.path("predictions")))
            .as("seed %d, version %s", seed, version)
            .isEqualTo(oracle.scores(version, answer.users));
      }
    }
    assertThat(seen.keySet()).as("versions seen").endsWith(chain.get(chain.size() - 1));
  }

  private static void assertGone(List<Long> gone, Server... servers) {
    assertThat(gone).isNotEmpty();
    for (Server server : servers) {
      var model = server.follower.model().orElseThrow();
      for (long fid : gone) {
        assertThat(model.read(fid, new float[5], 0)).isFalse();
      }
    }
  }

  /** What was asked, and what came back. */
  private record Answer(List<String> users, int status, String body) {}

  private List<Answer> askOn(Server server) throws Exception {
    Random random = new Random(seed + 1);
    HttpClient client = HttpClient.newHttpClient();
    List<Answer> answers = new ArrayList<>();
    while (server.follower.model().isEmpty()) {
      Thread.sleep(5);
    }
    while (running) {
      List<String> users =
          random.ints(1 + random.nextInt(20), 0, USERS).mapToObj(u -> "u" + u).toList();
      HttpResponse<String> response =
          client.send(
              HttpRequest.newBuilder(server.predict())
                  .POST(HttpRequest.BodyPublishers.ofString(body(users)))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      answers.add(new Answer(users, response.statusCode(), response.body()));
      server.seen.add(response.body().replaceAll(".*\"model_version\":", ""));
    }
    return answers;
  }

  private static String body(List<String> users) {
    List<String> instances =
        users.stream().map(user -> "{\"features\": {\"user\": \"" + user + "\"}}").toList();
    return "{\"shared\": {\"features\": {\"item\": \"i3\", \"price\": 4}}, \"instances\": ["
        + String.join(",", instances)
        + "]}";
  }

  private static float[] floats(JsonNode array) {
    float[] floats = new float[array.size()];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = Float.parseFloat(array.get(i).asText());
    }
    return floats;
  }

  private static Example encode(LearnerConfig config, String user) {
    ExampleEncoder encoder = new ExampleEncoder(config.features());
    Map<String, ?> features = Map.of("user", user, "item", "i3", "price", 4);
    return ((DecodeResult.Good<Example>)
            encoder.encode(FeatureValues.of(encoder.names(), features)))
        .value();
  }

  /** Scores by the files of a version alone. */
  private static final class Oracle {
    private final SnapshotReader reader;
    private final LearnerConfig config;
    private final Map<Version, Predictor> predictors = new HashMap<>();

    Oracle(SnapshotStore store, LearnerConfig config) {
      reader = new SnapshotReader(store);
      this.config = config;
    }

    float[] scores(Version version, List<String> users) throws Exception {
      if (!predictors.containsKey(version)) {
        Snapshot snapshot = reader.load(version);
        predictors.put(
            version,
            new Predictor(
                config.features(),
                config.model(),
                snapshot,
                UnknownRows.START,
                snapshot.denseVector(),
                snapshot.gauge(),
                LabelCorrection.none()));
      }
      return predictors.get(version).predict(users.stream().map(u -> encode(config, u)).toList());
    }
  }

  /** A server on a store of its own, which it looks after. */
  private static final class Server implements AutoCloseable {
    private final SnapshotFollower follower;
    private final ModelServer server;
    private final Set<String> seen = ConcurrentHashMap.newKeySet(); // versions, by the answers

    Server(SnapshotStore snapshots, RowStore rows) throws Exception {
      follower = new SnapshotFollower(snapshots, rows, InstantSource.system());
      follower.start(Duration.ofMillis(20));
      ServeSettings settings = ServeSettings.DEFAULT.withAddress("127.0.0.1", 0);
      server = new ModelServer(follower, Optional.of("live"), settings);
      server.start();
    }

    URI predict() {
      return URI.create(
          "http://127.0.0.1:%s/v1/models/live:predict".formatted(server.address().getPort()));
    }

    @Override
    public void close() throws IOException {
      server.close();
      follower.close();
    }
  }
}
