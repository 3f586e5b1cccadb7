package io.freshet.serve;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.freshet.event.FeatureValues;
import io.freshet.event.Outcome;
import io.freshet.feature.Example;
import io.freshet.feature.ExampleEncoder;
import io.freshet.feature.LabelledExample;
import io.freshet.model.LearningSettings;
import io.freshet.model.LocalLearner;
import io.freshet.model.Predictor;
import io.freshet.model.UnknownRows;
import io.freshet.snapshot.LocalStorage;
import io.freshet.snapshot.SampleChain;
import io.freshet.snapshot.Snapshot;
import io.freshet.snapshot.SnapshotReader;
import io.freshet.snapshot.SnapshotStore;
import io.freshet.snapshot.Version;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A learner publishes a delta every few milliseconds while several clients ask all the time. */
@Timeout(120)
class TrainAndServeTest {
  private static final int VERSIONS = 25;
  private static final int CLIENTS = 3;
  private static final int USERS = 40;

  @TempDir Path root;
  private volatile boolean learning = true;

  @Test
  void everyScoreIsOfOneVersionAndNoRequestFails() throws Exception {
    long seed = new Random().nextLong();
    SnapshotStore store = new SnapshotStore(new LocalStorage(root));
    Trainer trainer = new Trainer(root, seed);
    trainer.publish(); // the full
    List<Answer> answers = new ArrayList<>();
    ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
    try (SnapshotFollower follower = new SnapshotFollower(store, InstantSource.system());
        ModelServer server =
            new ModelServer(
                follower, Optional.empty(), ServeSettings.DEFAULT.withAddress("127.0.0.1", 0))) {
      follower.look();
      follower.start(Duration.ofMillis(1));
      server.start();
      List<Future<List<Answer>>> asked = new ArrayList<>();
      for (int client = 0; client < CLIENTS; client++) {
        Random random = new Random(seed + client);
        asked.add(clients.submit(() -> askOn(server, random)));
      }
      for (int version = 1; version < VERSIONS; version++) {
        trainer.publish();
        Thread.sleep(20);
      }
      learning = false;
      for (Future<List<Answer>> future : asked) {
        answers.addAll(future.get());
      }
    } finally {
      clients.shutdownNow();
    }

    Map<Version, Predictor> predictors = new HashMap<>();
    for (Answer answer : answers) {
      assertThat(answer.status).as("seed %d: %s", seed, answer.body).isEqualTo(200);
      JsonNode json = new ObjectMapper().readTree(answer.body);
      Version version = Version.parse(json.path("model_version").asText()).orElseThrow();
      Predictor predictor = predictors.get(version);
      if (predictor == null) {
        predictor = trainer.predictor(new SnapshotReader(store).load(version));
        predictors.put(version, predictor);
      }
      assertThat(floats(json.path("predictions")))
          .as("seed %d, version %s", seed, version)
          .isEqualTo(predictor.predict(trainer.encode(answer.users)));
    }
    assertThat(predictors.size()).as("versions seen").isGreaterThan(VERSIONS / 4);
  }

  /** What a client asked and was answered. */
  private record Answer(List<String> users, int status, String body) {}

  private List<Answer> askOn(ModelServer server, Random random) throws Exception {
    HttpClient client = HttpClient.newHttpClient();
    URI uri =
        URI.create(
            "http://127.0.0.1:%d/v1/models/sample:predict".formatted(server.address().getPort()));
    List<Answer> answers = new ArrayList<>();
    long newest = 0;
    while (learning) {
      List<String> users =
          random.ints(1 + random.nextInt(30), 0, USERS).mapToObj(u -> "u" + u).toList();
      HttpResponse<String> response =
          client.send(
              HttpRequest.newBuilder(uri)
                  .POST(HttpRequest.BodyPublishers.ofString(body(users)))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      answers.add(new Answer(users, response.statusCode(), response.body()));
      long checkpoint = checkpoint(response.body());
      assertThat(checkpoint).as("the version only moves on").isGreaterThanOrEqualTo(newest);
      newest = checkpoint;
    }
    return answers;
  }

  private static long checkpoint(String body) {
    return Long.parseLong(
        body.replaceAll("(?s).*\"model_version\":\"[0-9a-f]{8}-([0-9]+)\".*", "$1"));
  }

  private static String body(List<String> users) {
    List<String> instances =
        users.stream()
            .map(
                u ->
                    "{\"features\": {\"user\": \"%s\", \"genres\": [\"war\"], \"price\": 2}}"
                        .formatted(u))
            .toList();
    return "{\"instances\": [" + String.join(",", instances) + "]}";
  }

  private static float[] floats(JsonNode array) {
    float[] floats = new float[array.size()];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = Float.parseFloat(array.get(i).asText());
    }
    return floats;
  }

  /** Learns some examples, then publishes the rows they touched; forgets a user now and then. */
  private static final class Trainer {
    private final LocalLearner learner =
        new LocalLearner(SampleModel.SCHEMA, SampleModel.SETTINGS, LearningSettings.DEFAULT);
    private final ExampleEncoder encoder = new ExampleEncoder(SampleModel.SCHEMA);
    private final Random random;
    private final SampleChain chain;
    private Optional<Version> parent = Optional.empty();

    Trainer(Path root, long seed) {
      random = new Random(seed);
      chain = new SampleChain(root, SampleModel.SCHEMA, SampleModel.SETTINGS);
    }

    void publish() throws Exception {
      List<LabelledExample> examples = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        Example example = encode("u" + random.nextInt(USERS));
        examples.add(new LabelledExample("i", 0, random.nextInt(2), 1, example));
      }
      learner.learn(examples);
      learner.flushDense();
      Set<Long> touched = new HashSet<>();
      examples.forEach(e -> Arrays.stream(e.example().fids()).forEach(touched::add));
      SortedMap<Long, float[]> rows = new TreeMap<>();
      touched.forEach(fid -> rows.put(fid, learner.finished(learner.find(fid))));
      long gone = encode("u" + random.nextInt(USERS)).fids()[1];
      rows.remove(gone);
      float[] dense = new float[learner.dense().size()];
      learner.dense().finish(0, dense.length, dense, 0);
      Version version = new Version("0badcafe", parent.map(Version::checkpoint).orElse(0L) + 1);
      chain.publish(version, parent, rows, new long[] {gone}, dense);
      parent = Optional.of(version);
    }

    List<Example> encode(List<String> users) {
      return users.stream().map(this::encode).toList();
    }

    Predictor predictor(Snapshot snapshot) {
      return new Predictor(
          SampleModel.SCHEMA,
          SampleModel.SETTINGS,
          snapshot,
          UnknownRows.START,
          snapshot.denseVector());
    }

    private Example encode(String user) {
      Map<String, ?> features = Map.of("user", user, "genres", List.of("war"), "price", 2);
      return ((Outcome.Good<Example>) encoder.encode(FeatureValues.of(encoder.names(), features)))
          .value();
    }
  }
}
