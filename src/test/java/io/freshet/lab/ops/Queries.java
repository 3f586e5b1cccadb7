package io.freshet.lab.ops;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The expressions of the dashboards and of the alert rules, by where they stand. */
final class Queries {
  static final Path DASHBOARDS = Path.of("docker/grafana/dashboards");
  static final Path ALERTS = Path.of("docker/prometheus/alerts.yml");

  private Queries() {}

  static Map<String, String> all() throws IOException {
    Map<String, String> queries = new TreeMap<>();
    for (Path file : dashboards()) {
      JsonNode dashboard = new ObjectMapper().readTree(file.toFile());
      for (JsonNode panel : dashboard.get("panels")) {
        for (JsonNode target : panel.get("targets")) {
          String place =
              "%s, %s, %s"
                  .formatted(file.getFileName(), text(panel, "title"), text(target, "refId"));
          queries.put(place, text(target, "expr"));
        }
      }
    }
    for (JsonNode rule : rules()) {
      queries.put("alert " + text(rule, "alert"), text(rule, "expr"));
    }
    return queries;
  }

  static List<Path> dashboards() throws IOException {
    try (Stream<Path> files = Files.list(DASHBOARDS)) {
      return files.sorted().toList();
    }
  }

  static List<JsonNode> rules() throws IOException {
    return new YAMLMapper()
        .readTree(ALERTS.toFile()).findValues("rules").stream()
            .flatMap(rules -> rules.valueStream())
            .toList();
  }

  private static String text(JsonNode node, String key) {
    return node.get(key).asText();
  }
}
