package io.freshet.serve.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
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
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What no well-behaved client sends, or only some: over a bare socket. */
@Timeout(60)
class HttpEdgesTest {
  private static final Version FULL = new Version("0badcafe", 1);
  private static final String BODY =
      "{\"instances\": [{\"features\": {\"user\": \"u1\", \"price\": 2.5}}]}";
  private static final String PREDICT =
      "POST /v1/models/sample:predict HTTP/1.1\r\nHost: localhost\r\n";

  @TempDir Path root;
  private SnapshotFollower follower;
  private ModelServer server;

  @BeforeEach
  void start() throws Exception {
    new SampleModel(root).full(FULL, 0.25f, 0, 1L << 52, 3L << 52 | 1);
    follower =
        new SnapshotFollower(new SnapshotStore(new LocalStorage(root)), InstantSource.system());
    follower.look();
    Duration patience = Duration.ofMillis(800);
    ServeSettings settings =
        new ServeSettings(
            "127.0.0.1",
            0,
            new RequestLimits(10_000, 20_000, 5, 2, 100_000, patience),
            ExplainLimits.DEFAULT,
            new ConnectionLimits(
                1000, Duration.ofSeconds(20), Duration.ofSeconds(5), Duration.ofSeconds(5)));
    server = new ModelServer(follower, Optional.empty(), settings);
    server.start();
  }

  @AfterEach
  void stop() throws Exception {
    server.close();
    follower.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/healthz",
        "/livez",
        "/readyz",
        "/metrics",
        "/v1/models",
        "/v1/models/sample",
        "/v1/models/sample/metadata",
        "/v1/models/sample/ready"
      })
  void headersCanBeHadAlone(String path) throws Exception {
    String head =
        send("HEAD " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");

    assertThat(head).startsWith("HTTP/1.1 200 OK").contains("Content-Type: ").endsWith("\r\n\r\n");
    assertThat(send("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"))
        .startsWith("HTTP/1.1 200 OK")
        .doesNotEndWith("\r\n\r\n");
  }

  @Test
  void aForeignNameForLoopbackIsRefused() throws Exception {
    assertThat(send("GET /v1/models HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"))
        .startsWith("HTTP/1.1 421 ")
        .contains("answers to localhost, not to evil.example");
  }

  @ParameterizedTest
  @CsvSource({
    "GET, /v1/models/sample:predict, 405, POST",
    "PUT, /v1/models/sample:explain, 405, POST",
    "POST, /v1/models/sample, 405, 'GET, HEAD'",
    "DELETE, /healthz, 405, 'GET, HEAD'",
    "POST, /metrics, 405, 'GET, HEAD'",
    "POST, /v1/models/other:predict, 404, ",
    "GET, /v1/models/other/metadata, 404, ",
    "GET, /v1/models/sample:guess, 404, ",
    "GET, /, 404, ",
    "GET, /v1/models/../../etc/passwd, 404, ",
    "NONSENSE, /healthz, 405, 'GET, HEAD'"
  })
  void whatIsNotOfferedIsSaid(String method, String path, int status, String allowed)
      throws Exception {
    String answer =
        send(
            "%s %s HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
                .formatted(method, path));

    assertThat(answer).startsWith("HTTP/1.1 " + status).contains("application/json", "error");
    if (allowed != null) {
      assertThat(answer).contains("Allow: " + allowed + "\r\n");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\0\1\2\3\r\n\r\n",
        "GET\r\n\r\n",
        "GET / HTTP/9.9\r\n\r\n",
        "POST /v1/models/sample:predict HTTP/1.1\r\nHost: localhost\r\nContent-Length: -4\r\n\r\n",
        "POST /v1/models/sample:predict HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\n"
            + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "GET /%zz HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "GET /healthz HTTP/1.1\r\n\r\n"
      })
  void brokenHttpIsRefused(String bytes) throws Exception {
    assertThat(send(bytes)).containsPattern("^HTTP/1.1 (400|505)");
    assertThat(send(predict("Connection: close\r\n", BODY))).startsWith("HTTP/1.1 200 OK");
  }

  @Test
  void anEncodedBodyIsRefused() throws Exception {
    assertThat(send(predict("Content-Encoding: br\r\nConnection: close\r\n", BODY)))
        .startsWith("HTTP/1.1 415")
        .contains("encoded as br; expected plain JSON or gzip");
  }

  @Test
  void aConnectionServesManyRequestsEvenAfterMistakes() throws Exception {
    String answers =
        send(
            predict("", BODY)
                + predict("", "{}")
                + "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
                + predict("Connection: close\r\n", BODY));

    assertThat(answers.split("HTTP/1.1 ")).hasSize(5);
    assertThat(answers).containsSubsequence("200 OK", "400 Bad", "alive", "predictions");
  }

  @Test
  void aBodyThatDripsHasItsTimeAndNoMore() throws Exception {
    try (Socket socket = connect()) {
      socket.getOutputStream().write((PREDICT + "Content-Length: 9000\r\n\r\n").getBytes(UTF_8));
      int dripped = drip(socket, "{".getBytes(UTF_8), 100);

      assertThat(dripped).isLessThan(100);
      assertThat(received(socket)).contains("408", "the body did not come within 800 ms");
    }
    assertThat(send(predict("Connection: close\r\n", BODY))).startsWith("HTTP/1.1 200 OK");
  }

  @Test
  void aHeaderThatDripsHasItsTimeAndNoMore() throws Exception {
    try (Socket socket = connect()) {
      socket.getOutputStream().write("GET /healthz HTTP/1.1\r\nX: ".getBytes(UTF_8));

      assertThat(drip(socket, "x".getBytes(UTF_8), 300)).isLessThan(300);
    }
  }

  @Test
  void aSilentConnectionServesTheNextRequest() throws Exception {
    try (Socket socket = connect()) {
      socket.setSoTimeout(20_000);
      for (int pause : new int[] {0, 900, 4000}) { // longer than a request has, and than a header
        Thread.sleep(pause);
        socket.getOutputStream().write(predict("", BODY).getBytes(UTF_8));

        byte[] start = socket.getInputStream().readNBytes(15);
        assertThat(new String(start, UTF_8)).isEqualTo("HTTP/1.1 200 OK");
        while (socket.getInputStream().read() != '}') {} // the end of the body
      }
    }
  }

  @Test
  void anExplanationSaysWhatEachFieldAdds() throws Exception {
    String request = predict("Connection: close\r\n", BODY).replace(":predict", ":explain");
    JsonNode answer = body(send(request));

    assertThat(answer.path("model_version").asText()).isEqualTo(FULL.toString());
    JsonNode explanation = answer.path("explanations").get(0);
    double sum = explanation.path("base").asDouble();
    for (JsonNode field : explanation.path("fields")) {
      sum += field.path("total").asDouble();
      assertThat(field.path("total").asDouble())
          .isCloseTo(
              field.path("first_order").asDouble()
                  + field.path("pairs").asDouble()
                  + field.path("dense").asDouble(),
              within(1e-12));
    }
    assertThat(explanation.path("fields")).hasSize(4);
    assertThat(explanation.path("fields").get(0).path("field").asText()).isEqualTo("user");
    assertThat(sum).isCloseTo(explanation.path("logit").asDouble(), within(1e-5));
    double offset = explanation.path("offset").asDouble();
    double firstOrder = explanation.path("first_order").asDouble();
    double mixed = 0;
    for (JsonNode expert : explanation.path("experts")) {
      double logit =
          offset
              + expert.path("first_order").asDouble() * firstOrder
              + expert.path("logit").asDouble() * (sum - offset)
              + expert.path("correction").asDouble();
      mixed += expert.path("weight").asDouble() / (1 + Math.exp(-logit));
    }
    assertThat(answer.path("predictions").get(0).asDouble()).isCloseTo(mixed, within(1e-5));
    assertThat(body(send(request.replace(":explain", ":predict"))).path("predictions"))
        .isEqualTo(answer.path("predictions"));
  }

  @Test
  void theNameOfTheModelCanBeAskedFor() throws Exception {
    assertThat(
            body(send("GET /v1/models HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")))
        .hasToString("{\"models\":[\"sample\"]}");
  }

  private static JsonNode body(String answer) throws IOException {
    return new ObjectMapper().readTree(answer.substring(answer.indexOf("\r\n\r\n")));
  }

  private static String predict(String headers, String body) {
    return PREDICT + headers + "Content-Length: " + body.length() + "\r\n\r\n" + body;
  }

  /** Writes bit by bit; how often, until the server has closed or answered. */
  private static int drip(Socket socket, byte[] drop, int most) throws Exception {
    OutputStream out = socket.getOutputStream();
    InputStream in = socket.getInputStream();
    for (int i = 0; i < most; i++) {
      try {
        out.write(drop);
        socket.setSoTimeout(100);
        if (in.available() > 0 || isClosed(in)) {
          return i;
        }
      } catch (SocketException e) {
        return i;
      }
    }
    return most;
  }

  private static boolean isClosed(InputStream in) throws IOException {
    in.mark(1);
    try {
      return in.read() < 0;
    } catch (java.net.SocketTimeoutException e) {
      return false;
    }
  }

  private String send(String bytes) throws Exception {
    try (Socket socket = connect()) {
      socket.getOutputStream().write(bytes.getBytes(UTF_8));
      return received(socket);
    }
  }

  private static String received(Socket socket) throws IOException {
    socket.setSoTimeout(20_000);
    return new String(socket.getInputStream().readAllBytes(), UTF_8);
  }

  private Socket connect() throws IOException {
    return new Socket("127.0.0.1", server.address().getPort());
  }
}
