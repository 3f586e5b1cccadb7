package io.freshet.lab.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** {@code docker/compose.yaml}, its anchors and merges resolved. */
record ComposeFile(JsonNode root) {
  static final Path FOLDER = Path.of("docker");

  static ComposeFile read() throws IOException {
    return new ComposeFile(yaml(FOLDER.resolve("compose.yaml")));
  }

  static JsonNode yaml(Path file) throws IOException {
    Yaml yaml = new Yaml(new SafeConstructor(new LoaderOptions()));
    return new ObjectMapper().valueToTree(yaml.load(Files.readString(file)));
  }

  JsonNode service(String name) {
    JsonNode service = root.at("/services/" + name);
    if (service.isMissingNode()) {
      throw new IllegalArgumentException("compose.yaml has no service " + name);
    }
    return service;
  }

  Map<String, JsonNode> services() {
    Map<String, JsonNode> services = new TreeMap<>();
    root.get("services").properties().forEach(e -> services.put(e.getKey(), e.getValue()));
    return services;
  }

  List<String> command(String service) {
    return texts(service(service).get("command"));
  }

  /** What decides whether a service is well, without the word that says how it is run. */
  List<String> healthCheck(String service) {
    List<String> test = texts(service(service).at("/healthcheck/test"));
    return test.subList(1, test.size());
  }

  /** The settings that Flink's image reads from the environment, as its entry point does. */
  Map<String, String> flinkProperties(String service) {
    Map<String, String> settings = new TreeMap<>();
    String text = service(service).at("/environment/FLINK_PROPERTIES").asText();
    text.lines()
        .map(line -> line.replaceAll("\\s", ""))
        .filter(line -> !line.isEmpty())
        .forEach(line -> settings.put(line.split(":", 2)[0], line.split(":", 2)[1]));
    return settings;
  }

  static List<String> texts(JsonNode list) {
    List<String> texts = new ArrayList<>();
    list.forEach(item -> texts.add(item.asText()));
    return texts;
  }
}
