package io.freshet.cli.console;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.freshet.cli.console.source.BestPossible;
import io.freshet.snapshot.storage.LocalStorage;
import io.freshet.snapshot.store.SnapshotStore;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The console's answers where nothing is there yet, no browser included. */
@Timeout(60)
class ConsoleTest {
  private static final URI NOBODY = URI.create("http://127.0.0.1:1");

  @TempDir Path root;
  private final HttpClient client = HttpClient.newHttpClient();
  private Console console;

  @BeforeEach
  void start() throws IOException {
    console = Console.start(settings(OptionalInt.of(0)));
  }

  @AfterEach
  void stop() throws IOException {
    console.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "console.css", "console.js", "panels.js", "chart.js", "score.js"})
  void everyFileComesUnderAStrictPolicy(String path) throws Exception {
    HttpResponse<String> answer = get(path);

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("Content-Security-Policy").orElseThrow())
        .startsWith("default-src 'none'; script-src 'self'; style-src 'self';")
        .doesNotContain("unsafe");
    assertThat(answer.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
    assertThat(answer.body()).doesNotContain("https://", "innerHTML", "eval(");
  }

  @Test
  void thePageHoldsNoScriptOrStyleOfItsOwn() throws Exception {
    assertThat(get("").body())
        .startsWith("<!DOCTYPE html>")
        .doesNotContainPattern("<script[^>]*>[^<]")
        .doesNotContain("<style", "style=", "onclick");
  }

  @ParameterizedTest
  @CsvSource({
    "quality, no Kafka was named to read it from (--bootstrap-servers)",
    "lag, no Kafka was named to read it from (--bootstrap-servers)",
    "flow, 'only the job itself counts it, and no Flink was named (--flink-url)'",
    "fields, no version has been published yet"
  })
  void whatIsNotThereSaysWhy(String panel, String why) throws Exception {
    get("data/status"); // what looks on demand only looks now

    JsonNode answer = json("data/" + panel);
    while (answer.path("problem").asText().equals("nothing has been read yet")) {
      Thread.sleep(20);
      answer = json("data/" + panel);
    }

    assertThat(answer.path("problem").asText()).isEqualTo(why);
    assertThat(answer.path("data").isNull()).isTrue();
  }

  @Test
  void aFormWithoutAServerSaysWhy() throws Exception {
    assertThat(json("data/model").path("problem").asText())
        .startsWith("the server of predictions at " + NOBODY);
    assertThat(json("data/impression").path("problem").asText()).startsWith("no Kafka was named");

    HttpResponse<String> answer = post("data/explain", "{}");

    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(answer.body()).contains("the server of predictions at " + NOBODY);
  }

  @Test
  void whatIsNotThePagesIsRefused() throws Exception {
    assertThat(get("console.class").statusCode()).isEqualTo(404);
    assertThat(get("data/nothing").statusCode()).isEqualTo(404);
    assertThat(get("data/explain").statusCode()).isEqualTo(405);
    assertThat(get("data/explain").headers().firstValue("Allow")).contains("POST");
    assertThat(post("data/status", "{}").statusCode()).isEqualTo(405);
    assertThat(post("data/explain", "x".repeat(70_000)).statusCode()).isEqualTo(413);
  }

  @Test
  void aForeignNameForLoopbackIsRefused() throws Exception {
    URI address = URI.create(console.address());
    try (Socket socket = new Socket(address.getHost(), address.getPort())) {
      socket
          .getOutputStream()
          .write(
              "GET / HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n".getBytes(UTF_8));

      assertThat(new String(socket.getInputStream().readAllBytes(), UTF_8))
          .startsWith("HTTP/1.1 421 ")
          .contains("answers to localhost, not to evil.example");
    }
  }

  @Test
  void aPortThatIsTakenIsLeftForAnotherUnlessItWasAskedFor() throws Exception {
    try (ServerSocket taken = new ServerSocket(0)) {
      int port = taken.getLocalPort();

      assertThatThrownBy(() -> Console.start(settings(OptionalInt.of(port))))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("cannot listen at 127.0.0.1:" + port)
          .hasMessageContaining("port 0 takes any that is free");
    }
    try (Console usual = Console.start(settings(OptionalInt.empty()));
        Console moved = Console.start(settings(OptionalInt.empty()))) {
      assertThat(moved.address()).isNotEqualTo(usual.address());
      assertThat(moved.announcement()).endsWith("(port 8600 is taken)");
    }
  }

  private ConsoleSettings settings(OptionalInt port) {
    return new ConsoleSettings(
        ConsoleSettings.LOOPBACK,
        port,
        new SnapshotStore(new LocalStorage(root)),
        Optional.empty(),
        "metrics",
        Optional.empty(),
        Optional.empty(),
        BestPossible.UNKNOWN,
        Optional.empty(),
        NOBODY,
        ConsoleSettings.USUAL_COUNT_ROWS);
  }

  private JsonNode json(String path) throws Exception {
    return new ObjectMapper().readTree(get(path).body());
  }

  private HttpResponse<String> get(String path) throws Exception {
    return client.send(
        HttpRequest.newBuilder(URI.create(console.address() + path)).build(),
        BodyHandlers.ofString());
  }

  private HttpResponse<String> post(String path, String body) throws Exception {
    return client.send(
        HttpRequest.newBuilder(URI.create(console.address() + path))
            .POST(BodyPublishers.ofString(body))
            .build(),
        BodyHandlers.ofString());
  }
}
