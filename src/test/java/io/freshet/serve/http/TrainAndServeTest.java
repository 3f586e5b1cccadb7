package io.freshet.serve.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.freshet.feature.CategoricalField;
import io.freshet.feature.FeatureSchema;
import io.freshet.feature.MultiField;
import io.freshet.model.ModelSettings;
import io.freshet.model.kind.Predictor;
import io.freshet.serve.follow.SnapshotFollower;
import io.freshet.serve.model.SmallLearner;
import io.freshet.serve.rows.MemoryStore;
import io.freshet.serve.rows.RocksStore;
import io.freshet.serve.rows.RowStore;
import io.freshet.snapshot.format.Version;
import io.freshet.snapshot.storage.LocalStorage;
import io.freshet.snapshot.store.SnapshotReader;
import io.freshet.snapshot.store.SnapshotStore;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A learner publishes a delta every few answers while several clients ask all the time; in the end
 * one goes on with another shape: other fields, layers and size of embeddings, in a lineage of its
 * own.
 */
@Timeout(120)
class TrainAndServeTest {
  private static final int VERSIONS = 25;
  private static final int CLIENTS = 3;
  private static final int USERS = 40;

  private static final FeatureSchema OTHER_FIELDS =
      new FeatureSchema(
          List.of(
              new CategoricalField("hour", 9),
              new MultiField("genres", 2),
              new CategoricalField("user", 1)),
          "user");
  private static final ModelSettings OTHER_MODEL = ModelSettings.deepFm(5, List.of(6, 3), 0, 42);

  @TempDir Path root;
  @TempDir Path storeFolder;
  private final AtomicLong answered = new AtomicLong();
  private volatile boolean learning = true;

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void everyScoreIsOfOneVersionAndNoRequestFails(boolean onDisk) throws Exception {
    long seed = new Random().nextLong();
    SnapshotStore store = new SnapshotStore(new LocalStorage(root));
    SmallLearner trainer = new SmallLearner(root, seed);
    SmallLearner reshaped =
        new SmallLearner(root, seed + 99, "1badcafe", OTHER_FIELDS, OTHER_MODEL);
    trainer.publish(); // the full
    List<Answer> answers = new ArrayList<>();
    ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
    RowStore rows = onDisk ? new RocksStore(storeFolder, 8 << 20) : new MemoryStore();
    try (SnapshotFollower follower = new SnapshotFollower(store, rows, InstantSource.system());
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
        awaitAnswers();
        trainer.publish();
      }
      reshaped.goOnAfter(trainer);
      for (int version = 0; version < VERSIONS; version++) {
        reshaped.publish();
        awaitAnswers();
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
      SmallLearner of = version.lineage().equals(reshaped.lineage()) ? reshaped : trainer;
      Predictor predictor = predictors.get(version);
      if (predictor == null) {
        predictor = of.predictor(new SnapshotReader(store).load(version));
        predictors.put(version, predictor);
      }
      assertThat(floats(json.path("predictions")))
          .as("seed %d, version %s", seed, version)
          .isEqualTo(predictor.predict(of.encode(answer.users)));
    }
    for (SmallLearner each : List.of(trainer, reshaped)) {
      assertThat(predictors.keySet())
          .filteredOn(version -> version.lineage().equals(each.lineage()))
          .as("versions seen of " + each.lineage())
          .hasSizeGreaterThan(VERSIONS / 4);
    }
  }

  /** Some milliseconds, and more where the clients come to nothing in them. */
  private void awaitAnswers() throws InterruptedException {
    long enough = answered.get() + CLIENTS;
    do {
      Thread.sleep(20);
    } while (answered.get() < enough);
  }

  /** What a client asked and was answered. */
  private record Answer(List<String> users, int status, String body) {}

  private List<Answer> askOn(ModelServer server, Random random) throws Exception {
    HttpClient client = HttpClient.newHttpClient();
    URI uri =
        URI.create(
            "http://127.0.0.1:%s/v1/models/sample:predict".formatted(server.address().getPort()));
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
      answered.incrementAndGet();
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
                    "{\"features\": {\"user\": \"%s\", \"genres\": [\"war\"], \"price\": 2, \"hour\": \"7\"}}"
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
}
