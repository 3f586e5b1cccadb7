package io.freshet.cli.console;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/**
 * Asks a server of predictions on behalf of the page, which may request only its own origin.
 * Thread-safe.
 */
final class Scoring {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration PATIENCE = Duration.ofSeconds(12);

  private final HttpClient client =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(3)).build();
  private final URI server;

  Scoring(URI server) {
    this.server = server;
  }

  /** What the server answered, errors included. */
  record Answered(int status, byte[] body) {

    /** Returns the body; throws if the answer is an error. */
    JsonNode good() throws IOException {
      JsonNode json = JSON.readTree(body);
      if (status != 200) {
        throw new IOException(json.path("error").asText("status " + status));
      }
      return json;
    }
  }

  Answered metadata() throws IOException, InterruptedException {
    return send(request(model() + "/metadata").GET().build());
  }

  Answered explain(byte[] body) throws IOException, InterruptedException {
    return send(
        request(model() + ":explain")
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofByteArray(body))
            .build());
  }

  /** The path of the server's only model. */
  private String model() throws IOException, InterruptedException {
    JsonNode names = send(request("/v1/models").GET().build()).good().path("models");
    if (names.isEmpty()) {
      throw new IOException("no model is served at " + server + " yet");
    }
    return "/v1/models/" + names.get(0).asText();
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(server.resolve(path)).timeout(PATIENCE);
  }

  private Answered send(HttpRequest request) throws IOException, InterruptedException {
    try {
      HttpResponse<byte[]> response = client.send(request, BodyHandlers.ofByteArray());
      return new Answered(response.statusCode(), response.body());
    } catch (IOException e) {
      String why = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
      throw new IOException("the server of predictions at %s: %s".formatted(server, why), e);
    }
  }
}
