package io.freshet.serve.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.freshet.event.FeatureValues;
import io.freshet.event.RejectedException;
import io.freshet.serve.follow.SnapshotFollower;
import io.freshet.serve.limit.ConnectionLimits;
import io.freshet.serve.limit.ExplainLimits;
import io.freshet.serve.limit.RequestLimits;
import io.freshet.serve.model.SampleModel;
import io.freshet.serve.model.Scorer;
import io.freshet.snapshot.format.Version;
import io.freshet.snapshot.storage.LocalStorage;
import io.freshet.snapshot.store.SnapshotStore;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The model of a root, the sample where there is none, served as {@code ctr}, and a client. */
public final class ServedSample implements AutoCloseable {
  public static final Version VERSION = new Version("0badcafe", 3);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient client = HttpClient.newHttpClient();
  private final SnapshotFollower follower;
  private final ModelServer server;

  /** A response: its status and its body. */
  public record Answer(int status, JsonNode body) {
    public String error() {
      return body.path("error").asText();
    }
  }

  public ServedSample(Path root) throws IOException {
    this(
        root,
        new ServeSettings(
            "127.0.0.1",
            0,
            RequestLimits.DEFAULT,
            ExplainLimits.DEFAULT,
            new ConnectionLimits(
                1000, Duration.ofSeconds(65), Duration.ZERO, Duration.ofSeconds(5))));
  }

  public ServedSample(Path root, ServeSettings settings) throws IOException {
    if (!Files.exists(root.resolve("latest.json"))) {
      new SampleModel(root).full(VERSION, 0.25f, 0.125f, List.of(3L << 52 | 1, 1L << 52));
    }
    SnapshotStore store = new SnapshotStore(new LocalStorage(root));
    follower = new SnapshotFollower(store, InstantSource.system());
    follower.look();
    server = new ModelServer(follower, Optional.of("ctr"), settings);
    server.start();
  }

  public URI uri(String path) {
    return URI.create("http://127.0.0.1:%s%s".formatted(server.address().getPort(), path));
  }

  public ModelServer server() {
    return server;
  }

  /** What a scorer says in this process. */
  public float score(Map<String, ?> features) {
    try (Scorer scorer = follower.model().orElseThrow().newScorer()) {
      return scorer.score(features);
    }
  }

  /** What a scorer says in this process, by task. */
  public float[] scoreTasks(Map<String, ?> features) throws RejectedException {
    try (Scorer scorer = follower.model().orElseThrow().newScorer()) {
      FeatureValues values = FeatureValues.of(scorer.names(), features);
      float[][] scores = scorer.scoreTasks(List.of(scorer.encode(values)));
      float[] first = new float[scores.length];
      for (int task = 0; task < first.length; task++) {
        first[task] = scores[task][0];
      }
      return first;
    }
  }

  public Answer get(String path) throws IOException, InterruptedException {
    return send(HttpRequest.newBuilder(uri(path)).build());
  }

  /** Posts JSON with single quotes for double ones. */
  public Answer post(String path, String body) throws IOException, InterruptedException {
    return send(
        HttpRequest.newBuilder(uri(path))
            .POST(HttpRequest.BodyPublishers.ofString(body.replace('\'', '"')))
            .build());
  }

  /** The metrics, as text. */
  public String metrics() throws IOException, InterruptedException {
    return client
        .send(HttpRequest.newBuilder(uri("/metrics")).build(), HttpResponse.BodyHandlers.ofString())
        .body();
  }

  private Answer send(HttpRequest request) throws IOException, InterruptedException {
    HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
    return new Answer(response.statusCode(), JSON.readTree(response.body()));
  }

  @Override
  public void close() throws IOException {
    stop(server, client);
    follower.close();
  }

  /**
   * Stops a server that has one client, whose idle connection it would wait for half a second: the
   * answers of one that is about to stop end theirs.
   */
  public static void stop(ModelServer server, HttpClient client) throws IOException {
    server.service().readiness().end();
    URI live = URI.create("http://127.0.0.1:%s/livez".formatted(server.address().getPort()));
    try {
      client.send(HttpRequest.newBuilder(live).build(), HttpResponse.BodyHandlers.discarding());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("the server was not asked for its last answer");
    } finally {
      server.close();
    }
  }
}
