package io.freshet.cli.console.source;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/** Flink's REST interface. Thread-safe. */
public final class FlinkRest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final HttpClient CLIENT = HttpClient.newBuilder().connectTimeout(PATIENCE).build();

  private final String address;

  public FlinkRest(int port) {
    this(URI.create("http://127.0.0.1:" + port));
  }

  public FlinkRest(URI url) {
    address = url.toString().replaceAll("/+$", "");
  }

  public JsonNode get(String path) throws IOException, InterruptedException {
    return send(request(path).GET().build());
  }

  /** The response of another port of this machine. */
  public static String text(int port, String path) throws IOException, InterruptedException {
    return text(URI.create("http://127.0.0.1:" + port + path));
  }

  /** The response of another server. */
  public static String text(URI url) throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(url).timeout(PATIENCE).build();
    HttpResponse<String> response = CLIENT.send(request, BodyHandlers.ofString());
    if (response.statusCode() != 200) {
      throw new IOException(request.uri() + " answers " + response.statusCode());
    }
    return response.body();
  }

  public JsonNode post(String path, JsonNode body) throws IOException, InterruptedException {
    return send(
        request(path)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofByteArray(JSON.writeValueAsBytes(body)))
            .build());
  }

  public Slots slots() throws IOException, InterruptedException {
    JsonNode overview = get("/overview");
    return new Slots(
        overview.get("taskmanagers").asInt(),
        overview.get("slots-total").asInt(),
        overview.get("slots-available").asInt());
  }

  /** Task managers and task slots that the job manager knows. */
  public record Slots(int taskManagers, int total, int free) {}

  public Map<String, String> configuration() throws IOException, InterruptedException {
    Map<String, String> configuration = new TreeMap<>();
    get("/jobmanager/config")
        .forEach(e -> configuration.put(e.get("key").asText(), e.get("value").asText()));
    return configuration;
  }

  /** The job's state: {@code RUNNING}, {@code RESTARTING}, {@code FAILED} and so on. */
  public String state(String job) throws IOException, InterruptedException {
    return get("/jobs/" + job).get("state").asText();
  }

  /** The job's last failure in one line; empty without one. */
  public String lastFailure(String job) throws IOException, InterruptedException {
    JsonNode root = get("/jobs/" + job + "/exceptions").path("root-exception");
    return root.asText("")
        .lines()
        .filter(line -> !line.startsWith("\tat "))
        .limit(6)
        .reduce("", (a, b) -> a.isEmpty() ? b : a + " | " + b);
  }

  /** Takes a savepoint, waits for it, and returns its location. */
  public String savepoint(String job, String target) throws IOException, InterruptedException {
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    body.put("target-directory", target);
    body.put("cancel-job", false);
    return await(job, post("/jobs/" + job + "/savepoints", body));
  }

  /**
   * Stops the job with a savepoint and returns its location.
   *
   * @param drain whether to end event time, which decides all waiting impressions: only after the
   *     last event
   */
  public String stop(String job, String target, boolean drain)
      throws IOException, InterruptedException {
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    body.put("targetDirectory", target);
    body.put("drain", drain);
    return await(job, post("/jobs/" + job + "/stop", body));
  }

  private String await(String job, JsonNode trigger) throws IOException, InterruptedException {
    String path = "/jobs/" + job + "/savepoints/" + trigger.get("request-id").asText();
    JsonNode answer = get(path);
    while (!answer.at("/status/id").asText().equals("COMPLETED")) {
      Thread.sleep(100);
      answer = get(path);
    }
    JsonNode operation = answer.get("operation");
    if (!operation.hasNonNull("location")) {
      String cause = operation.at("/failure-cause/stack-trace").asText("no reason given");
      throw new IOException("no savepoint of job " + job + ": " + cause.lines().findFirst().get());
    }
    return operation.get("location").asText();
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(address + path)).timeout(PATIENCE);
  }

  private JsonNode send(HttpRequest request) throws IOException, InterruptedException {
    HttpResponse<byte[]> response = CLIENT.send(request, BodyHandlers.ofByteArray());
    JsonNode body = JSON.readTree(response.body());
    if (response.statusCode() / 100 != 2) {
      String failure =
          "%s %s: %s %s"
              .formatted(
                  request.method(),
                  request.uri(),
                  response.statusCode(),
                  body.path("errors").path(0).asText());
      throw response.statusCode() / 100 == 5
          ? new BusyException(failure)
          : new IOException(failure);
    }
    return body;
  }

  /** The job manager did not answer its own request in time, as while it recovers. */
  public static final class BusyException extends IOException {
    private static final long serialVersionUID = 1L;

    BusyException(String message) {
      super(message);
    }
  }

  @Override
  public String toString() {
    return address;
  }
}
