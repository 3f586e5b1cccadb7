package io.freshet.event.registry;

import static io.freshet.event.Rejection.Kind.UNKNOWN_SCHEMA;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import io.freshet.event.RejectedException;
import io.freshet.event.frame.SchemaId;
import io.freshet.event.registry.SchemaFormat.Source;
import java.io.IOException;
import java.net.URLEncoder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Schemas from a service with the REST interface of Confluent's schema registry, which Apicurio,
 * Karapace and Redpanda have too: {@code GET /schemas/ids/<id>} or {@code /schemas/guids/<guid>},
 * and {@code GET /subjects/<subject>/versions/<version>} for what a schema refers to. Global ids
 * are Apicurio's alone, and asked for at its own interface next to that one.
 *
 * <p>Keys of answers that are not known here are ignored. Not thread-safe.
 *
 * @param <S> the type of schemas
 */
public final class SchemaRegistry<S> {
  private static final String COMPATIBLE = "/apis/ccompat/v[0-9]+$";
  private static final int MAX_REFERENCES = 200;

  private final String url;
  private final SchemaFormat<S> format;
  private final RegistryClient client;

  /**
   * A registry at an address.
   *
   * @param credentials {@code user:password} or {@code Bearer <token>}, with {@link
   *     io.freshet.config.option.References}; empty for none
   * @param timeout of a request, its answer included
   */
  public SchemaRegistry(String url, String credentials, Duration timeout, SchemaFormat<S> format) {
    this.url = url.replaceFirst("/+$", "");
    this.format = format;
    client =
        new RegistryClient(
            toString(), new RegistryCredentials(credentials, System::getenv), timeout);
  }

  /**
   * The schema of an id; empty where the registry answers that it has none.
   *
   * @throws RejectedException where what it has is of another format, for good
   * @throws IOException where it does not answer, or its answer makes no sense
   */
  public Optional<S> find(SchemaId id) throws RejectedException, IOException, InterruptedException {
    List<Source> sources = new ArrayList<>();
    if (id.form() == SchemaId.Form.GLOBAL) {
      Optional<String> text = globalText(id);
      if (text.isEmpty()) {
        return Optional.empty();
      }
      sources.add(new Source("", text.get()));
    } else {
      String kind = id.form() == SchemaId.Form.GUID ? "guids" : "ids";
      Optional<JsonNode> found = ask("/schemas/%s/%s".formatted(kind, id.text()));
      if (found.isEmpty()) {
        return Optional.empty();
      }
      checkType(id, found.get());
      addReferences(found.get(), sources, new HashSet<>());
      sources.add(new Source("", text(found.get())));
    }
    try {
      return Optional.of(format.parse(sources));
    } catch (IllegalArgumentException e) {
      throw new RejectedException(UNKNOWN_SCHEMA, "schema %s is %s".formatted(id, e.getMessage()));
    }
  }

  private void checkType(SchemaId id, JsonNode answer) throws RejectedException {
    String type = answer.path("schemaType").asText("AVRO");
    if (!type.equals(format.type())) {
      throw new RejectedException(
          UNKNOWN_SCHEMA,
          "schema %s is of type %s; expected %s".formatted(id, type, format.type()));
    }
  }

  /** With what it refers to, all in one. */
  private Optional<String> globalText(SchemaId id) throws IOException, InterruptedException {
    String root = url.replaceFirst(COMPATIBLE, "");
    if (root.equals(url)) {
      throw new IOException(
          "records name the global id %s, which is Apicurio's; expected its address in events.registry, as in http://host:8080/apis/ccompat/v7"
              .formatted(id.text()));
    }
    return client.text(
        "%s/apis/registry/v2/ids/globalIds/%s?dereference=true".formatted(root, id.text()));
  }

  /** The schemas that a schema refers to, each before those that refer to it. */
  private void addReferences(JsonNode schema, List<Source> sources, Set<String> known)
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
      JsonNode found = ask(path).orElseThrow(() -> new IOException(this + " has no " + path));
      addReferences(found, sources, known);
      sources.add(new Source(reference.path("name").asText(), text(found)));
    }
  }

  private Optional<JsonNode> ask(String path) throws IOException, InterruptedException {
    return client.json(url + path + format.query());
  }

  private String text(JsonNode answer) throws IOException {
    JsonNode text = answer.path("schema");
    if (!text.isTextual()) {
      throw new IOException(
          "%s gave an answer without a schema: %s"
              .formatted(this, RegistryClient.shown(answer.toString())));
    }
    return text.textValue();
  }

  @Override
  public String toString() {
    return "the registry " + url;
  }
}
