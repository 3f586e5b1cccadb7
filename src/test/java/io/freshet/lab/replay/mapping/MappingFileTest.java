package io.freshet.lab.replay.mapping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MappingFileTest {
  private static final String GOOD =
      """
      input: {file: a.csv}
      time: {column: at, format: epoch-millis}
      label: click
      features: {a: a}
      """;

  @TempDir private Path directory;

  @Test
  void theReadyMappingsAreReadAndFollowTheSchema() throws IOException {
    for (String name : MappingFile.READY) {
      assertThat(MappingFile.ready(name).features()).as(name).isNotEmpty();
      try (InputStream in = MappingFile.class.getResourceAsStream(name + "-replay.yaml")) {
        assertThat(schema().validate(new YAMLMapper().readTree(in))).as(name).isEmpty();
      }
    }
  }

  @Test
  void theReadyLearnersHaveTheFieldsThatTheMappingsWrite() throws IOException {
    for (String name : MappingFile.READY) {
      try (InputStream in = MappingFile.class.getResourceAsStream(name + "-learner.yaml")) {
        assertThat(new YAMLMapper().readTree(in).get("features").findValuesAsText("name"))
            .as(name)
            .containsExactlyInAnyOrderElementsOf(MappingFile.ready(name).features().keySet());
      }
    }
  }

  @Test
  void defaultsAreWhatAUserWouldExpect() throws IOException {
    ReplayMapping mapping = read(GOOD);

    assertThat(mapping.input().separator()).isEqualTo(',');
    assertThat(mapping.order()).isEqualTo(ReplayMapping.Order.FILE);
    assertThat(mapping.timeline().keeps()).isTrue();
    assertThat(mapping.clickDelay().millis()).isZero();
    assertThat(mapping.key()).isEmpty();
  }

  @Test
  void whatIsWrongIsNamedWithItsPlace() {
    refused(GOOD + "ordr: time", "mapping.yaml:5:", "ordr is not a key; known are");
    refused(GOOD + "order: size", "order: ", "[FILE, TIME]");
    refused(GOOD + "click-delay: 5", "click-delay: ", "'5' is not a span of time such as 500 ms");
    refused(GOOD + "key: user", "key 'user' is not one of the features");
    refused(GOOD + "timeline: {first: soon}", "timeline: ", "'soon' is not an instant such as");
    refused(GOOD + "timeline: {first: now, last: now}", "has first and last; expected one");
    refused(GOOD.replace("label: click", ""), "label");
    refused(GOOD.replace("column: at", "step: 1 s"), "timeline is missing");
    refused(GOOD.replace("{a: a}", "{a: {time: hour, column: at}}"), "features.a: ", "one of");
    refused(GOOD.replace("{a: a}", "{a: {column: a, pattern: '('}}"), "features.a.pattern: ");
  }

  @Test
  void anUnknownMappingIsRefusedWithThoseThereAre() {
    assertThatIOException()
        .isThrownBy(() -> MappingFile.read(directory.resolve("movielense")))
        .withMessageContaining("movielense")
        .withMessageContaining("[movielens, criteo, open-bandit]");
  }

  @Test
  void theReadyMappingOfADirectoryIsFoundByItsFiles() throws IOException {
    Files.createFile(directory.resolve("ratings.csv"));

    assertThat(MappingFile.readyFor(directory)).isEqualTo("movielens");
  }

  @Test
  void theSchemaRefusesWhatTheReaderRefuses() throws IOException {
    assertThat(schema().validate(tree(GOOD))).isEmpty();
    assertThat(schema().validate(tree(GOOD + "ordr: time"))).isNotEmpty();
    assertThat(schema().validate(tree(GOOD + "click-delay: 5"))).isNotEmpty();
    assertThat(schema().validate(tree(GOOD.replace("label: click", "")))).isNotEmpty();
  }

  private void refused(String yaml, String... problems) {
    assertThatIOException()
        .as(yaml)
        .isThrownBy(() -> read(yaml))
        .satisfies(e -> assertThat(e.getMessage()).contains(problems).doesNotContain("\n"));
  }

  private ReplayMapping read(String yaml) throws IOException {
    return MappingFile.read(Files.writeString(directory.resolve("mapping.yaml"), yaml));
  }

  private static JsonNode tree(String yaml) throws IOException {
    return new YAMLMapper().readTree(yaml);
  }

  private static JsonSchema schema() throws IOException {
    return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
        .getSchema(Files.readString(Path.of("schemas/replay.schema.json")));
  }
}
