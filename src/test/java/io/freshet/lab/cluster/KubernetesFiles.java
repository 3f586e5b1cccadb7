package io.freshet.lab.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** The files of {@code docker/kubernetes/}. */
final class KubernetesFiles {
  static final Path ALL = ComposeFile.FOLDER.resolve("kubernetes");
  static final Path BASE = ALL.resolve("base");

  private KubernetesFiles() {}

  /** The resource of the learner. */
  static JsonNode learner() throws IOException {
    return documents("learner.yaml").get(0);
  }

  /** The pods of serving, as their deployment makes them. */
  static JsonNode servingPod() throws IOException {
    return documents("serving.yaml").get(0).at("/spec/template/spec");
  }

  /** The resources of a file of the base. */
  static List<JsonNode> documents(String file) throws IOException {
    return parsed(Files.readString(BASE.resolve(file)));
  }

  /** The resources of a text. */
  static List<JsonNode> parsed(String text) {
    List<JsonNode> documents = new ArrayList<>();
    new Yaml(new SafeConstructor(new LoaderOptions()))
        .loadAll(text)
        .forEach(document -> documents.add(new ObjectMapper().valueToTree(document)));
    return documents;
  }
}
