package io.freshet.event.registry;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Asks a registry over HTTP. That it has no such schema is only believed with what registries say
 * of it, Confluent's error codes or Apicurio's name of the error: a wrong path, or a proxy, says
 * 404 too.
 *
 * <p>Not thread-safe.
 */
final class RegistryClient {
  private static final ObjectMapper JSON = new JsonMapper();
  private static final int FIRST_ABSENT = 40401;
  private static final int LAST_ABSENT = 40403;
  private static final int MAX_SHOWN = 200;
  private static final Duration CONNECT = Duration.ofSeconds(10);
  private static WeakReference<HttpClient> shared = new WeakReference<>(null);

  private final String name;
  private final RegistryCredentials credentials;
  private final Duration timeout;
  private HttpClient client; // null before the first request

  RegistryClient(String name, RegistryCredentials credentials, Duration timeout) {
    this.name = name;
    this.credentials = credentials;
    this.timeout = timeout;
  }

  /** The answer as JSON; nothing where the registry says that it has none. */
  Optional<JsonNode> json(String url) throws IOException, InterruptedException {
    Optional<String> text = text(url);
    try {
      return text.isEmpty() ? Optional.empty() : Optional.of(JSON.readTree(text.get()));
    } catch (JsonProcessingException e) {
      throw new IOException(
          "%s answers %s with no JSON: %s".formatted(name, path(url), shown(text.get())));
    }
  }

  /** The answer as it is; nothing where the registry says that it has none. */
  Optional<String> text(String url) throws IOException, InterruptedException {
    HttpResponse<byte[]> response = send(url);
    String body = new String(response.body(), UTF_8);
    if (response.statusCode() == 200) {
      return Optional.of(body);
    }
    if (response.statusCode() == 404 && isAbsent(body)) {
      return Optional.empty();
    }
    throw new IOException(
        "%s answers %s with %s: %s%s"
            .formatted(
                name, path(url), response.statusCode(), shown(body), hint(response.statusCode())));
  }

  private static boolean isAbsent(String body) {
    JsonNode error;
    try {
      error = JSON.readTree(body);
    } catch (JsonProcessingException e) {
      error = MissingNode.getInstance();
    }
    int code = error.path("error_code").asInt();
    return code >= FIRST_ABSENT && code <= LAST_ABSENT
        || error.path("name").asText().matches("(Artifact|Version|Content)NotFoundException");
  }

  private static String hint(int status) {
    return switch (status) {
      case 401, 403 -> "; check events.registry-auth";
      case 301, 302, 307, 308, 404 -> "; check events.registry, with its path";
      default -> "";
    };
  }

  private HttpResponse<byte[]> send(String url) throws IOException, InterruptedException {
    if (client == null) {
      client = shared();
    }
    CompletableFuture<HttpResponse<byte[]>> answer =
        client.sendAsync(request(url), BodyHandlers.ofByteArray());
    try {
      return answer.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new IOException(
          "%s does not answer %s within %s".formatted(name, path(url), timeout), e);
    } catch (ExecutionException e) {
      throw new IOException(
          "%s does not answer %s: %s".formatted(name, path(url), e.getCause()), e);
    } finally {
      answer.cancel(true);
    }
  }

  /** The client of all in this process, for as long as anybody uses it: each has own threads. */
  private static synchronized HttpClient shared() {
    HttpClient client = shared.get();
    if (client == null) {
      client = HttpClient.newBuilder().connectTimeout(CONNECT).build();
      shared = new WeakReference<>(client);
    }
    return client;
  }

  private HttpRequest request(String url) throws IOException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(url))
            .header("Accept", "application/vnd.schemaregistry.v1+json, application/json, */*;q=0.5")
            .timeout(timeout);
    String authorization = credentials.authorization();
    if (!authorization.isEmpty()) {
      request.header("Authorization", authorization);
    }
    return request.build();
  }

  private static String path(String url) {
    return URI.create(url).getRawPath();
  }

  static String shown(String text) {
    String line = text.replaceAll("\\s+", " ");
    return line.length() > MAX_SHOWN ? line.substring(0, MAX_SHOWN) + "…" : line;
  }
}
