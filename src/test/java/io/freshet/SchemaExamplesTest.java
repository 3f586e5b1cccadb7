package io.freshet;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion.VersionFlag;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every published schema has an example beside it, and the example is right. */
final class SchemaExamplesTest {
  private static final Path SCHEMAS = Path.of("schemas");
  private static final Path EXAMPLES = SCHEMAS.resolve("examples");

  /** Schemas of files whose examples ship inside the jar. */
  private static final Set<String> SHIPPED = Set.of("learner", "replay");

  @ParameterizedTest
  @MethodSource("names")
  void anExampleKeepsToItsSchema(String name) throws IOException {
    JsonNode example = new ObjectMapper().readTree(EXAMPLES.resolve(name + ".json").toFile());

    assertThat(schema(name).validate(example)).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("names")
  void withoutItsFirstNeededKeyItWouldNot(String name) throws IOException {
    JsonNode example = new ObjectMapper().readTree(EXAMPLES.resolve(name + ".json").toFile());
    String key = schema(name).getSchemaNode().get("required").get(0).asText();

    ((com.fasterxml.jackson.databind.node.ObjectNode) example).remove(key);

    assertThat(schema(name).validate(example)).isNotEmpty();
  }

  @Test
  void theFilesThatShipKeepToTheirs() throws IOException {
    Path resources = Path.of("src/main/resources/io/freshet");
    JsonNode learner = new YAMLMapper().readTree(Path.of("docker/learner.yaml").toFile());
    JsonNode replay =
        new YAMLMapper()
            .readTree(resources.resolve("lab/replay/mapping/movielens-replay.yaml").toFile());

    assertThat(schema("learner").validate(learner)).isEmpty();
    assertThat(schema("replay").validate(replay)).isEmpty();
  }

  @Test
  void noExampleIsOfNoSchema() throws IOException {
    try (Stream<Path> files = Files.list(EXAMPLES)) {
      assertThat(
              files
                  .map(file -> file.getFileName().toString())
                  .filter(file -> file.endsWith(".json"))
                  .map(file -> file.replace(".json", "")))
          .containsExactlyInAnyOrderElementsOf(names());
    }
  }

  static List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(SCHEMAS)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(file -> file.endsWith(".schema.json"))
          .map(file -> file.replace(".schema.json", ""))
          .filter(name -> !SHIPPED.contains(name))
          .sorted()
          .toList();
    }
  }

  private static JsonSchema schema(String name) throws IOException {
    return JsonSchemaFactory.getInstance(VersionFlag.V202012)
        .getSchema(Files.readString(SCHEMAS.resolve(name + ".schema.json")));
  }
}
