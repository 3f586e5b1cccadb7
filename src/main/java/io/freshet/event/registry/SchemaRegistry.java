package io.freshet.event.registry;

import static io.freshet.event.Rejection.Kind.UNKNOWN_SCHEMA;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.freshet.event.RejectedException;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;

/**
 * Schemas from a service with the REST interface of Confluent's schema registry, which Apicurio,
 * Karapace and Redpanda have too: {@code GET /schemas/ids/<id>}, and {@code GET
 * /subjects/<subject>/versions/<version>} for what a schema refers to.
 *
 * <p>That there is no such schema is only believed with the error code that registries give (40401
 * to 40403): a wrong path, or a proxy, says 404 too.
 *
 * <p>Not thread-safe.
 */
public final class SchemaRegistry {
  private static final ObjectMapper JSON = new JsonMapper();
  private static final int FIRST_ABSENT = 40401;
  private static final int LAST_ABSENT = 40403;
  private static final int MAX_REFERENCES = 200;
  private static final int MAX_SHOWN = 200;

  private final String url;
  private final String credentials;
  private final Duration timeout;
  private HttpClient client; // null before the first request

  /**
   * @param credentials {@code user:password} or {@code Bearer <token>}; empty for none
   * @param timeout of a request, its answer included
   */
  public SchemaRegistry(String url, String credentials, Duration timeout) {
    this.url = url.replaceFirst("/+$", "");
    this.credentials = credentials;
    this.timeout = timeout;
  }

  /**
   * The schema of an id; empty where the registry answers that it has none.
   *
   * @throws RejectedException where what it has is no schema of Avro's, for good
   * @throws IOException where it does not answer, or its answer makes no sense
   */
  public Optional<Schema> find(int id) throws RejectedException, IOException, InterruptedException {
    HttpClient client = client();
    Optional<JsonNode> found = ask(client, "/schemas/ids/" + Integer.toUnsignedString(id));
    if (found.isEmpty()) {
      return Optional.empty();
    }
    String type = found.get().path("schemaType").asText("AVRO");
    if (!type.equals("AVRO")) {
      throw new RejectedException(
          UNKNOWN_SCHEMA, "schema %s is of type %s; expected one of Avro's".formatted(id, type));
    }
    List<String> texts = new ArrayList<>();
    addReferences(client, found.get(), texts, new HashSet<>());
    texts.add(text(found.get()));
    try {
      return Optional.of(SchemaText.parse(texts));
    } catch (AvroRuntimeException e) {
      throw new RejectedException(
          UNKNOWN_SCHEMA, "schema %s is none of Avro's: %s".formatted(id, e.getMessage()));
    }
  }

  /** The schemas that a schema refers to, each before those that refer to it. */
  private void addReferences(
      HttpClient client, JsonNode schema, List<String> texts, Set<String> known)
      throws IOException, InterruptedException {
    for (JsonNode reference : schema.path("references")) {
      String subject = URLEncoder.encode(reference.path("subject").asText(), UTF_8);
      String path =
          "/subjects/%s/versions/%s"
              .formatted(subject.replace("+", "%20"), reference.path("version").asText());
      if (!known.add(path)) {
        continue;
      }
      if (known.size() > MAX_REFERENCES) {
        throw new IOException(
            "%s: a schema refers to more than %s others".formatted(this, MAX_REFERENCES));
      }
      JsonNode found =
          ask(client, path).orElseThrow(() -> new IOException(this + " has no " + path));
      addReferences(client, found, texts, known);
      texts.add(text(found));
    }
  }

  private String text(JsonNode answer) throws IOException {
    JsonNode text = answer.path("schema");
    if (!text.isTextual()) {
      throw new IOException(this + " gave an answer without a schema: " + shown(answer.toString()));
    }
    return text.textValue();
  }

  /** The answer; nothing where the registry says that it has none. */
  private Optional<JsonNode> ask(HttpClient client, String path)
      throws IOException, InterruptedException {
    HttpResponse<byte[]> response = send(client, request(path), path);
    String body = new String(response.body(), UTF_8);
    if (response.statusCode() == 200) {
      try {
        return Optional.of(JSON.readTree(body));
      } catch (JsonProcessingException e) {
        throw new IOException("%s answers %s with no JSON: %s".formatted(this, path, shown(body)));
      }
    }
    if (response.statusCode() == 404 && isAbsent(body)) {
      return Optional.empty();
    }
    throw new IOException(
        "%s answers %s with %s: %s%s"
            .formatted(
                this, path, response.statusCode(), shown(body), hint(response.statusCode())));
  }

  private static boolean isAbsent(String body) {
    try {
      int code = JSON.readTree(body).path("error_code").asInt();
      return code >= FIRST_ABSENT && code <= LAST_ABSENT;
    } catch (JsonProcessingException e) {
      return false;
    }
  }

  private static String hint(int status) {
    return switch (status) {
      case 401, 403 -> "; check events.registry-auth";
      case 301, 302, 307, 308, 404 -> "; check events.registry, with its path";
      default -> "";
    };
  }

  /** Made once: each has threads of its own. */
  private HttpClient client() {
    if (client == null) {
      client = HttpClient.newBuilder().connectTimeout(timeout).build();
    }
    return client;
  }

  private HttpRequest request(String path) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(url + path))
            .header("Accept", "application/vnd.schemaregistry.v1+json, application/json")
            .timeout(timeout);
    if (!credentials.isEmpty()) {
      request.header("Authorization", authorization());
    }
    return request.build();
  }

  private String authorization() {
    return credentials.startsWith("Bearer ")
        ? credentials
        : "Basic " + Base64.getEncoder().encodeToString(credentials.getBytes(UTF_8));
  }

  private HttpResponse<byte[]> send(HttpClient client, HttpRequest request, String path)
      throws IOException, InterruptedException {
    CompletableFuture<HttpResponse<byte[]>> answer =
        client.sendAsync(request, BodyHandlers.ofByteArray());
    try {
      return answer.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new IOException("%s does not answer %s within %s".formatted(this, path, timeout), e);
    } catch (ExecutionException e) {
      throw new IOException("%s does not answer %s: %s".formatted(this, path, e.getCause()), e);
    } finally {
      answer.cancel(true);
    }
  }

  private static String shown(String text) {
    String line = text.replaceAll("\\s+", " ");
    return line.length() > MAX_SHOWN ? line.substring(0, MAX_SHOWN) + "…" : line;
  }

  @Override
  public String toString() {
    return "the registry " + url;
  }
}
