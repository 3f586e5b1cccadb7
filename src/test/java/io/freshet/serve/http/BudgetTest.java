package io.freshet.serve.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.serve.follow.SnapshotFollower;
import io.freshet.serve.limit.ConnectionLimits;
import io.freshet.serve.limit.ExplainLimits;
import io.freshet.serve.limit.RequestLimits;
import io.freshet.serve.model.SampleModel;
import io.freshet.snapshot.format.Version;
import io.freshet.snapshot.storage.LocalStorage;
import io.freshet.snapshot.store.SnapshotStore;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What one client takes is not missed by the others, and is given back. */
@Timeout(60)
class BudgetTest {
  private static final String ONE =
      "{\"instances\": [{\"features\": {\"user\": \"u1\", \"price\": 2.5}}]}";
  private static final int IN_FLIGHT = 300_000;

  @TempDir Path root;
  private final HttpClient client = HttpClient.newHttpClient();
  private final HookedRows rows = new HookedRows();
  private SnapshotFollower follower;
  private ModelServer server;

  @BeforeEach
  void start() throws Exception {
    new SampleModel(root).full(new Version("0badcafe", 1), 0.25f, 0, 3L << 52 | 1);
    follower =
        new SnapshotFollower(
            new SnapshotStore(new LocalStorage(root)), rows, InstantSource.system());
    follower.look();
    start(new ExplainLimits(1, 2));
  }

  private void start(ExplainLimits explain) throws IOException {
    server =
        new ModelServer(
            follower,
            Optional.empty(),
            new ServeSettings(
                "127.0.0.1",
                0,
                new RequestLimits(100_000, 50_000, 2000, 1, IN_FLIGHT, Duration.ofSeconds(5)),
                explain,
                ConnectionLimits.DEFAULT));
    server.start();
  }

  @AfterEach
  void stop() throws Exception {
    ServedSample.stop(server, client);
    follower.close();
  }

  @Test
  void uploadsThatDripHoldNothingOfOthers() throws Exception {
    List<Socket> held = new ArrayList<>();
    try {
      for (int i = 0; i < 64; i++) {
        held.add(upload(1000, 1));
      }
      awaitHeld(64 * 1024);

      for (int i = 0; i < 10; i++) {
        assertThat(predict(ONE).statusCode()).isEqualTo(200);
      }
    } finally {
      for (Socket socket : held) {
        socket.close();
      }
    }
    awaitHeld(-1);
  }

  @Test
  void bodiesBeyondTheBudgetAreRefusedAndTheirBytesGivenBack() throws Exception {
    List<Socket> held = new ArrayList<>();
    try {
      for (int i = 0; i < 2; i++) {
        held.add(upload(99_000, 90_000));
      }
      awaitHeld(150_000);

      HttpResponse<String> answer = predict(" ".repeat(90_000) + ONE);

      assertThat(answer.statusCode()).isEqualTo(429);
      assertThat(answer.body()).contains("hold 300000 bytes, as many as allowed");
    } finally {
      for (Socket socket : held) {
        socket.close();
      }
    }
    awaitHeld(-1);
    assertThat(predict(ONE).statusCode()).isEqualTo(200);
  }

  @Test
  void moreAtOnceThanAllowedAreTurnedAway() throws Exception {
    CountDownLatch computing = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    rows.hook =
        () -> {
          computing.countDown();
          await(goOn);
        };
    CompletableFuture<HttpResponse<String>> first =
        client.sendAsync(request(ONE).build(), HttpResponse.BodyHandlers.ofString());
    await(computing);

    HttpResponse<String> second = predict(ONE);
    goOn.countDown();

    assertThat(second.statusCode()).isEqualTo(429);
    assertThat(second.headers().firstValue("Retry-After")).contains("1");
    assertThat(first.get().statusCode()).isEqualTo(200);
    assertThat(predict(ONE).statusCode()).isEqualTo(200);
  }

  @Test
  void anErrorIsAnsweredCountedAndGivesThePlaceBack() throws Exception {
    assertFailure(() -> new StackOverflowError("injected"), 500, "StackOverflowError: injected");
    assertFailure(() -> new LinkageError("injected"), 500, "LinkageError: injected");
    assertFailure(() -> new OutOfMemoryError("injected"), 503, "too little memory");
  }

  private void assertFailure(Supplier<Error> error, int status, String reason) throws Exception {
    rows.hook =
        () -> {
          throw error.get();
        };

    HttpResponse<String> answer = predict(ONE);

    assertThat(answer.statusCode()).isEqualTo(status);
    assertThat(answer.body()).contains(reason);
    rows.hook = () -> {};
    assertThat(predict(ONE).statusCode()).isEqualTo(200);
    awaitHeld(-1); // given back once the response has gone
    assertThat(metrics()).contains("freshet_requests_total{code=\"" + status + "\"}");
  }

  @Test
  void aScoreThatIsNoNumberNeverLeaves() throws Exception {
    rows.weight = Optional.of(Float.NaN);

    HttpResponse<String> answer = predict(ONE);

    assertThat(answer.statusCode()).isEqualTo(500);
    assertThat(answer.body()).contains("has no finite score for instances[0]");
    assertThat(metrics()).contains("freshet_non_finite_scores_total{model=\"sample\"} 1.0");
  }

  @Test
  void aGzipBodyIsUnpackedUpToALimit() throws Exception {
    assertThat(predict(gzip(ONE)).body()).isEqualTo(predict(ONE).body());
    assertThat(predict(gzip(" ".repeat(49_000) + ONE)).statusCode()).isEqualTo(200);

    HttpResponse<String> bomb = predict(gzip(" ".repeat(10_000_000) + ONE));
    HttpResponse<String> none = predict("no gzip".getBytes(UTF_8));

    assertThat(bomb.statusCode()).isEqualTo(413);
    assertThat(bomb.body()).contains("unpacks to more than 50000 bytes");
    assertThat(none.statusCode()).isEqualTo(400);
    assertThat(none.body()).contains("not gzip, as Content-Encoding says");
    awaitHeld(-1);
  }

  @Test
  void explanationsHaveTheirOwnSmallBudget() throws Exception {
    String three = "{\"instances\": [{\"features\": {}}, {\"features\": {}}, {\"features\": {}}]}";

    assertThat(explain(ONE).statusCode()).isEqualTo(200);
    assertThat(predict(three).statusCode()).isEqualTo(200);
    assertThat(explain(three).statusCode()).isEqualTo(413);
    server.close();
    start(new ExplainLimits(0, 2));
    assertThat(explain(ONE).statusCode()).isEqualTo(404);
    assertThat(explain(ONE).body()).contains("switched off");
    assertThat(predict(ONE).statusCode()).isEqualTo(200);
  }

  /** Sends the head of a body and its first bytes. */
  private Socket upload(int length, int sent) throws IOException {
    Socket socket = new Socket("127.0.0.1", server.address().getPort());
    String head =
        "POST /v1/models/sample:predict HTTP/1.1\r\nHost: localhost\r\nContent-Length: %s\r\n\r\n"
            .formatted(length);
    socket.getOutputStream().write((head + " ".repeat(sent)).getBytes(UTF_8));
    return socket;
  }

  /** Waits until requests hold more bytes than that; until they hold none with -1. */
  private void awaitHeld(int bytes) throws Exception {
    double held;
    do {
      Thread.sleep(10);
      held =
          metrics()
              .lines()
              .filter(line -> line.startsWith("freshet_request_bytes "))
              .mapToDouble(line -> Double.parseDouble(line.split(" ")[1]))
              .sum();
    } while (bytes < 0 ? held != 0 : held < bytes);
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private String metrics() throws Exception {
    return client
        .send(HttpRequest.newBuilder(uri("/metrics")).build(), HttpResponse.BodyHandlers.ofString())
        .body();
  }

  private HttpResponse<String> predict(String body) throws Exception {
    return client.send(request(body).build(), HttpResponse.BodyHandlers.ofString());
  }

  private HttpResponse<String> predict(byte[] gzip) throws Exception {
    return client.send(
        HttpRequest.newBuilder(uri("/v1/models/sample:predict"))
            .header("Content-Encoding", "gzip")
            .POST(HttpRequest.BodyPublishers.ofByteArray(gzip))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private HttpResponse<String> explain(String body) throws Exception {
    return client.send(
        request(body).uri(uri("/v1/models/sample:explain")).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private HttpRequest.Builder request(String body) {
    return HttpRequest.newBuilder(uri("/v1/models/sample:predict"))
        .POST(HttpRequest.BodyPublishers.ofString(body));
  }

  private URI uri(String path) {
    return URI.create("http://127.0.0.1:%s%s".formatted(server.address().getPort(), path));
  }

  private static byte[] gzip(String text) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(text.getBytes(UTF_8));
    }
    return out.toByteArray();
  }
}
