package io.freshet.serve.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.freshet.serve.follow.SnapshotFollower;
import io.freshet.serve.limit.ConnectionLimits;
import io.freshet.serve.limit.ExplainLimits;
import io.freshet.serve.limit.RequestLimits;
import io.freshet.serve.model.SampleModel;
import io.freshet.snapshot.format.Version;
import io.freshet.snapshot.storage.LocalStorage;
import io.freshet.snapshot.store.SnapshotStore;
import java.io.IOException;
import java.net.ConnectException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class ModelServerTest {
  private static final ServeSettings SETTINGS =
      new ServeSettings(
          "127.0.0.1",
          0,
          new RequestLimits(10_000, 20_000, 5, 1, 100_000, Duration.ofSeconds(2)),
          ExplainLimits.DEFAULT,
          new ConnectionLimits(
              1000, Duration.ofSeconds(65), Duration.ofSeconds(5), Duration.ofSeconds(20)));
  private static final Version FULL = new Version("0badcafe", 1);
  private static final String ONE =
      """
      {"instances": [{"features": {"user": "u1", "genres": ["drama", "war"], "price": 2.5}}]}\
      """;

  @TempDir Path root;
  private final HttpClient client = HttpClient.newHttpClient();
  private SampleModel sample;
  private SnapshotFollower follower;
  private ModelServer server;
  private volatile boolean stopped; // by the test

  @BeforeEach
  void start() throws Exception {
    sample = new SampleModel(root);
    SnapshotStore store = new SnapshotStore(new LocalStorage(root));
    follower = new SnapshotFollower(store, InstantSource.system());
    server = new ModelServer(follower, Optional.of("ctr"), SETTINGS);
    server.start();
  }

  @AfterEach
  void stop() throws Exception {
    if (!stopped) {
      ServedSample.stop(server, client);
    }
    follower.close();
  }

  @Test
  void aPredictionIsTheScorersOwn() throws Exception {
    publish();

    HttpResponse<String> answer = predict(ONE);

    float score = follower.model().orElseThrow().newScorer().score(SampleModel.FEATURES);
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body())
        .isEqualTo(
            "{\"predictions\":[%s],\"model_version\":\"0badcafe-0000000001\"}".formatted(score));
    assertThat(answer.headers().firstValue("Content-Type")).contains("application/json");
    assertThat(answer.headers().firstValue("Server")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'shared': {'features': {'user': 'u1'}}, 'instances': [{'features': {'price': 1}},"
            + " {'features': {'user': 'u2'}}]}",
        "{'instances': [{'features': {'price': 1}}, {'features': {'user': 'u2'}}], 'shared':"
            + " {'features': {'user': 'u1'}}}"
      },
      quoteCharacter = '"')
  void whatIsSharedIsSentOnceAndAnInstancesOwnGoesBefore(String shared) throws Exception {
    publish();

    String apart =
        "{'instances': [{'features': {'user': 'u1', 'price': 1}}, {'features': {'user': 'u2'}}]}";

    assertThat(predict(quoted(shared)).body()).isEqualTo(predict(quoted(apart)).body());
    assertThat(JSON.readTree(predict(quoted(shared)).body()).path("predictions")).hasSize(2);
  }

  @Test
  void anExplanationNamesTheExpertsAndHowNumbersWereStandardized() throws Exception {
    publish();

    JsonNode answer = JSON.readTree(post(":explain", ONE).body());

    JsonNode explained = answer.at("/explanations/0");
    JsonNode number = explained.at("/fields/2/number");
    double mixed = 0;
    for (JsonNode expert : explained.path("experts")) {
      mixed += expert.path("weight").asDouble() * expert.path("probability").asDouble();
    }
    assertThat(explained.path("experts")).hasSize(SampleModel.GAUGE.experts().size());
    assertThat(explained.path("probability").asDouble()).isCloseTo(mixed, within(1e-9));
    assertThat(answer.at("/predictions/0").asDouble()).isCloseTo(mixed, within(1e-6));
    assertThat(number.path("transform").asText()).isEqualTo("sign(x) ln(1 + |x|)");
    assertThat(number.path("mean").asDouble()).isEqualTo(1.1);
    assertThat(number.path("standardized").asDouble())
        .isCloseTo((Math.log(3.5) - 1.1) / 0.4, within(1e-6));
    assertThat(explained.at("/fields/0").has("number")).isFalse();
  }

  @Test
  void aListThatALearnerMayBeConfiguredToTakeIsScored() throws Exception {
    publish();
    String genres = "1,".repeat(2000) + "1";

    HttpResponse<String> answer =
        predict("{\"instances\": [{\"features\": {\"genres\": [%s]}}]}".formatted(genres));

    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
  }

  @Test
  void noInstancesAreNoPredictions() throws Exception {
    publish();

    assertThat(predict("{\"instances\": []}").body()).startsWith("{\"predictions\":[],");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "|the body is not a JSON object",
        "[]|the body is not a JSON object",
        "{'instances': [|the body is not readable as JSON",
        "{}|instances is missing",
        "{'instances': 1}|instances is no list",
        "{'instances': [1]}|instances[0] is no object",
        "{'instances': [{'feature': {}}]}|instances[0].features is missing",
        "{'instances': [{'features': []}]}|instances[0].features is a list",
        "{'instances': [{'features': {}}, {'features': {'price':"
            + " 'x'}}]}|instances[1].features.price is a string; expected a number",
        "{'instances': [{'features': {'user': {}}}]}|instances[0].features.user is an object",
        "{'instances': [{'features': {'user': ['u']}}]}|instances[0].features.user is a list",
        "{'instances': [{'features': {'user': 1, 'user': 2}}]}|instances[0].features.user is a"
            + " duplicate key",
        "{'shared': 1, 'instances': []}|shared is no object",
        "{'shared': {'features': {'price': 1e99}}, 'instances': []}|shared.features.price is"
            + " beyond",
        "{'instances': []} x|the body is not readable as JSON"
      })
  void aMistakeIsNamedWithItsPath(String body, String reason) throws Exception {
    publish();

    HttpResponse<String> answer = predict(body == null ? "" : quoted(body));

    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(JSON.readTree(answer.body()).path("error").asText()).startsWith(reason);
  }

  @Test
  void tooMuchIsRefused() throws Exception {
    publish();
    String six = "{'features': {}},".repeat(6).replaceAll(",$", "");

    assertRefused(predict(" ".repeat(10_000) + ONE), 413, "more than 10000 bytes");
    assertRefused(predict(quoted("{'instances': [" + six + "]}")), 413, "holds more than 5");
  }

  @Test
  void aBodyOfUnknownLengthIsLimitedToo() throws Exception {
    publish();
    HttpRequest endless =
        HttpRequest.newBuilder(uri("/v1/models/ctr:predict"))
            .POST(
                HttpRequest.BodyPublishers.fromPublisher(
                    HttpRequest.BodyPublishers.ofString(" ".repeat(100_000))))
            .build();

    assertRefused(client.send(endless, HttpResponse.BodyHandlers.ofString()), 413, "10000 bytes");
  }

  @Test
  void beforeTheFirstModelThereIsNoAnswerYet() throws Exception {
    HttpResponse<String> answer = predict(ONE);

    assertRefused(answer, 503, "no model has been loaded yet");
    assertThat(answer.headers().firstValue("Retry-After")).contains("1");
    assertThat(get("/v1/models/ctr").statusCode()).isEqualTo(503);
    assertThat(get("/readyz").statusCode()).isEqualTo(503);
    assertThat(get("/healthz").statusCode()).isEqualTo(200);
    assertThat(get("/metrics").body()).contains("freshet_requests_total{code=\"503\"} 1.0");

    publish();
    assertThat(get("/readyz").statusCode()).isEqualTo(200);
    assertThat(predict(ONE).statusCode()).isEqualTo(200);
  }

  @Test
  void aBodyThatDoesNotComeIsNotWaitedForLong() throws Exception {
    publish();
    try (HalfSent request = new HalfSent(server, ONE)) {
      assertThat(request.answer()).containsPattern("HTTP/1.1 (408|500)");
    }
    assertThat(predict(ONE).statusCode()).isEqualTo(200);
  }

  @Test
  void aStopAnswersWhatIsInFlight() throws Exception {
    publish();
    int port = server.address().getPort();
    try (HalfSent request = new HalfSent(server, ONE)) {
      awaitFirstByte();
      CompletableFuture<Void> stop = CompletableFuture.runAsync(this::close);
      Thread.sleep(200);

      assertThat(stop).isNotDone();
      assertThat(request.finish()).contains("200 OK").contains("predictions");
      stop.get(20, TimeUnit.SECONDS);
    }
    assertThatThrownBy(() -> new Socket("127.0.0.1", port)).isInstanceOf(ConnectException.class);
  }

  @Test
  void theModelTellsWhatItIs() throws Exception {
    publish();

    JsonNode status = JSON.readTree(get("/v1/models/ctr").body());

    assertThat(status.path("name").asText()).isEqualTo("ctr");
    assertThat(status.path("version").asText()).isEqualTo(FULL.toString());
    assertThat(status.path("event_time").asText()).isEqualTo("2026-01-01T00:00:00Z");
    assertThat(status.path("freshness_seconds").asDouble()).isGreaterThan(0);
    assertThat(status.path("rows").asInt()).isEqualTo(2);
    assertThat(status.path("model").path("hidden_layers").toString()).isEqualTo("[4]");
    assertThat(status.path("follower").path("state").asText()).isEqualTo("current");
    JsonNode metadata = JSON.readTree(get("/v1/models/ctr/metadata").body());
    assertThat(metadata.path("schema").path("fields")).hasSize(4);
    assertThat(metadata.path("unknown_ids").path("rule").asText()).isEqualTo("start-row");
  }

  @Test
  void aFollowerThatFailsIsToldWhileTheOldModelAnswers() throws Exception {
    publish();
    Files.delete(root.resolve("latest.json"));
    follower.look();

    assertThat(predict(ONE).statusCode()).isEqualTo(200);
    assertThat(get("/readyz").statusCode()).isEqualTo(200);
    assertThat(get("/readyz").body()).contains("\"failing\"", "the pointer");
    assertThat(get("/metrics").body())
        .contains(
            "freshet_follower_failing{model=\"ctr\"} 1.0",
            "freshet_follower_failures_total{model=\"ctr\"} 1.0");
    assertThat(
            JSON.readTree(get("/v1/models/ctr").body()).path("follower").path("problem").asText())
        .contains("the pointer");
  }

  @Test
  void metricsAreCounted() throws Exception {
    publish();
    predict(ONE);
    predict(ONE);
    predict("{}");

    assertThat(get("/metrics").body().lines().toList())
        .contains(
            "freshet_requests_total{code=\"200\"} 2.0",
            "freshet_requests_total{code=\"400\"} 1.0",
            "freshet_request_seconds_bucket{le=\"+Inf\"} 3",
            "freshet_request_seconds_count 3",
            "freshet_follower_failing{model=\"ctr\"} 0.0",
            "freshet_follower_failures_total{model=\"ctr\"} 0.0",
            "freshet_model_loads_total{model=\"ctr\"} 1.0",
            "freshet_instances_total{model=\"ctr\"} 2.0",
            "freshet_ids_total{model=\"ctr\"} 18.0",
            "freshet_unknown_ids_total{model=\"ctr\"} 14.0",
            "freshet_model_info{lineage=\"0badcafe\",model=\"ctr\",name=\"sample\"} 1",
            "freshet_model_checkpoint{model=\"ctr\"} 1.0",
            "freshet_model_rows{model=\"ctr\"} 2.0")
        .anyMatch(line -> line.startsWith("freshet_model_freshness_seconds{model=\"ctr\"} "));
  }

  @Test
  void whatIsNotThereIsSaid() throws Exception {
    publish();

    assertRefused(get("/v1/models/other"), 404, "no model \"other\" is served, but \"ctr\"");
    assertRefused(get("/nowhere"), 404, "nothing is at /nowhere");
    assertRefused(get("/v1/models/ctr:predict"), 405, "takes POST, not GET");
  }

  @Test
  void aPortThatIsTakenIsSaid() {
    ServeSettings same = SETTINGS.withAddress("127.0.0.1", server.address().getPort());
    try (ModelServer second = new ModelServer(follower, Optional.empty(), same)) {
      assertThatThrownBy(second::start)
          .isInstanceOf(IOException.class)
          .hasMessageStartingWith("cannot listen at 127.0.0.1:" + same.port());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static final ObjectMapper JSON = new ObjectMapper();

  private void publish() throws Exception {
    sample.full(FULL, 0.25f, 0, 3L << 52 | 1);
    follower.look();
  }

  private void close() {
    stopped = true;
    try {
      server.close();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** Waits until bytes of a body are held. */
  private void awaitFirstByte() throws Exception {
    while (get("/metrics").body().contains("freshet_request_bytes 0.0")) {
      Thread.sleep(10);
    }
  }

  private HttpResponse<String> predict(String body) throws Exception {
    return post(":predict", body);
  }

  private HttpResponse<String> post(String question, String body) throws Exception {
    return client.send(
        HttpRequest.newBuilder(uri("/v1/models/ctr" + question))
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private HttpResponse<String> get(String path) throws Exception {
    return client.send(
        HttpRequest.newBuilder(uri(path)).build(), HttpResponse.BodyHandlers.ofString());
  }

  private URI uri(String path) {
    return URI.create("http://127.0.0.1:%s%s".formatted(server.address().getPort(), path));
  }

  private static void assertRefused(HttpResponse<String> answer, int status, String reason)
      throws Exception {
    assertThat(answer.statusCode()).isEqualTo(status);
    assertThat(JSON.readTree(answer.body()).path("error").asText()).contains(reason);
  }

  private static String quoted(String json) {
    return json.replace('\'', '"');
  }

  /** A prediction whose body has been sent but for its last byte. */
  private static final class HalfSent implements AutoCloseable {
    private final int port;
    private final byte[] body;
    private Socket socket;

    HalfSent(ModelServer server, String json) throws IOException {
      port = server.address().getPort();
      body = json.getBytes(UTF_8);
      send();
    }

    private void send() throws IOException {
      socket = new Socket("127.0.0.1", port);
      String head =
          "POST /v1/models/ctr:predict HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
              + "Content-Length: %s\r\n\r\n".formatted(body.length);
      socket.getOutputStream().write(head.getBytes(UTF_8));
      socket.getOutputStream().write(body, 0, body.length - 1);
    }

    String finish() throws IOException {
      socket.getOutputStream().write(body[body.length - 1]);
      return answer();
    }

    String answer() throws IOException {
      return new String(socket.getInputStream().readAllBytes(), UTF_8);
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}
