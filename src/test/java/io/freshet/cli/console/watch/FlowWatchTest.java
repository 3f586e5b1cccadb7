package io.freshet.cli.console.watch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.freshet.cli.console.source.FlinkRest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class FlowWatchTest {
  private static final String METRICS = "/jobs/j/vertices/v/subtasks/metrics";

  private final Map<String, String> answers = new LinkedHashMap<>();
  private HttpServer server;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.start();
    answers.put(
        "/jobs/overview",
        "{\"jobs\": [{\"jid\": \"j\", \"name\": \"freshet ads\", \"state\": \"RUNNING\"}]}");
    answers.put("/jobs/j", "{\"vertices\": [{\"id\": \"v\"}]}");
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  @Test
  void countsAreSummedAndOfTheBreakersTheWorstIsTaken() throws Exception {
    answers.put(
        METRICS,
        "[{\"id\": \"LabelJoin.waiting_impressions\"}, {\"id\": \"LabelJoin.breaker\"}, {\"id\":"
            + " \"LabelJoin.numRecordsIn\"}]");
    answers.put(
        METRICS + "?agg=sum,max&get=LabelJoin.waiting_impressions,LabelJoin.breaker",
        "[{\"id\": \"LabelJoin.waiting_impressions\", \"sum\": 12, \"max\": 7}, {\"id\":"
            + " \"LabelJoin.breaker\", \"sum\": 2, \"max\": 1}]");

    JsonNode join = look().get("join");

    assertThat(join.get("waiting_impressions").asInt()).isEqualTo(12);
    assertThat(join.get("breaker").asInt()).isEqualTo(1);
    assertThat(join.has("numRecordsIn")).isFalse();
  }

  @Test
  void aJobWithoutCountsYetIsSaid() {
    answers.put(METRICS, "[]");

    assertThatThrownBy(this::look)
        .hasMessageContaining("\"freshet ads\"")
        .hasMessageContaining("published no counts yet");
  }

  @Test
  void aFlinkWithoutTheJobIsSaid() {
    answers.put("/jobs/overview", "{\"jobs\": []}");

    assertThatThrownBy(this::look).hasMessageContaining("has no job named \"freshet ads\"");
  }

  private JsonNode look() throws Exception {
    URI address = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    return new FlowWatch(new FlinkRest(address), Optional.of("ads")).look();
  }

  private void answer(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().toString();
    byte[] body = answers.getOrDefault(path, "no answer to " + path).getBytes(UTF_8);
    exchange.sendResponseHeaders(answers.containsKey(path) ? 200 : 404, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }
}
