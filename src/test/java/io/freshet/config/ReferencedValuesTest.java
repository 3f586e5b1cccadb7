package io.freshet.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ContainerNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.freshet.config.option.ConfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** Every value of a configuration may be elsewhere, and is shown nowhere then. */
final class ReferencedValuesTest {
  private static final YAMLMapper YAML = new YAMLMapper();
  private static final String SECRET = "hunter2-c0ffee";
  static final List<String> SAMPLES = LearnerSchemaTest.GOOD;

  @TempDir private Path folder;
  private String secret;

  @BeforeEach
  void writeSecret() throws IOException {
    secret = reference("secret", SECRET);
  }

  @ParameterizedTest
  @FieldSource("SAMPLES")
  void allValuesMayBeElsewhere(String yaml) throws IOException {
    JsonNode document = YAML.readTree(yaml);
    int number = 0;
    for (Leaf leaf : references(document)) {
      leaf.set(reference("value-" + number++, leaf.value().asText()));
    }
    EffectiveConfig config = effective(YAML.writeValueAsString(document));

    assertThat(config.config())
        .usingRecursiveComparison()
        .withEqualsForType(Double::equals, Double.class)
        .ignoringFields("kafka.properties", "warnings")
        .isEqualTo(ConfigSamples.parse(yaml));
    JsonNode shown = YAML.readTree(config.yaml());
    for (Leaf leaf : references(document)) {
      assertThat(shown.at(leaf.path())).as(leaf.path()).isEqualTo(leaf.value());
    }
  }

  @ParameterizedTest
  @FieldSource("SAMPLES")
  void aSecretInPlaceOfAnyValueIsInNoText(String yaml) throws IOException {
    JsonNode document = YAML.readTree(yaml);
    for (Leaf leaf : leaves(document)) {
      leaf.set(secret);

      assertThat(textOf(YAML.writeValueAsString(document))).as(leaf.path()).doesNotContain(SECRET);

      leaf.set(leaf.value());
    }
  }

  @Test
  void whatLeadsToNoValueIsAProblemWithItsPlace() {
    assertThat(BrokenConfigTest.problems(ConfigSamples.LEAST + "parallelism: ${env:NO_SUCH_1}\n"))
        .containsExactly(
            "parallelism: the environment variable NO_SUCH_1 is not set in this process"
                + " (learner.yaml:3:14)");
    assertThat(BrokenConfigTest.problems(ConfigSamples.LEAST, "name=${fill:/x}"))
        .singleElement()
        .asString()
        .startsWith("name: ${ begins a reference; expected ${env:NAME} or ${file:/path}");
  }

  @Test
  void credentialsStayReferencesForTheProcessThatUsesThem() {
    EffectiveConfig config =
        effective(
            ConfigSamples.LEAST,
            "kafka.properties.sasl.jaas.config=Module required password=\"${env:NO_SUCH_2}\";",
            "kafka.properties.ssl.key.password=${file:/no/such}",
            "events={format: avro, registry: 'http://r', registry-auth: '${env:NO_SUCH_3}'}");

    assertThat(config.config().kafka().properties())
        .isEqualTo(
            Map.of(
                "sasl.jaas.config", "Module required password=\"${env:NO_SUCH_2}\";",
                "ssl.key.password", "${file:/no/such}"));
    assertThat(config.config().events().schemas().credentials()).isEqualTo("${env:NO_SUCH_3}");
    assertThat(config.yaml())
        .contains(
            "sasl.jaas.config: \"(hidden)${env:NO_SUCH_2}(hidden)\"",
            "ssl.key.password: \"${file:/no/such}\"",
            "registry-auth: \"${env:NO_SUCH_3}\"");
  }

  @Test
  void aWrongFormAmongCredentialsIsRefusedWithoutThem() {
    assertThat(
            BrokenConfigTest.problems(
                ConfigSamples.LEAST, "kafka.properties.ssl.key.password=hunter2${"))
        .containsExactly(
            "kafka.properties.ssl.key.password: ${ begins a reference; expected ${env:NAME} or"
                + " ${file:/path}, or $${ for a plain ${ (--set"
                + " kafka.properties.ssl.key.password)");
  }

  @Test
  void whatNoClientReadsIsNoReference() {
    assertThat(
            BrokenConfigTest.problems(
                ConfigSamples.LEAST,
                "kafka.properties.partition.discovery.interval.ms=${env:MILLIS}"))
        .singleElement()
        .asString()
        .startsWith(
            "kafka.properties.partition.discovery.interval.ms: a reference is not looked up here;"
                + " expected milliseconds");
  }

  @Test
  void kafkasOwnProvidersKeepTheirReferences() {
    EffectiveConfig config =
        effective(
            ConfigSamples.LEAST,
            "kafka.properties.config.providers=vault",
            "kafka.properties.ssl.key.password=${vault:team:key}");

    assertThat(config.config().kafka().properties())
        .containsEntry("ssl.key.password", "${vault:team:key}");
  }

  private static String textOf(String yaml) {
    try {
      EffectiveConfig config = effective(yaml);
      return config.yaml() + config.json() + config.config().warnings();
    } catch (ConfigException e) {
      return e.getMessage();
    }
  }

  private String reference(String name, String value) throws IOException {
    return "${file:" + Files.writeString(folder.resolve(name), value + "\n") + "}";
  }

  private static EffectiveConfig effective(String yaml, String... overrides) {
    return EffectiveConfig.parse(yaml, "learner.yaml", List.of(overrides));
  }

  /** A single value, and where it is. */
  private record Leaf(ContainerNode<?> parent, String key, String path, JsonNode value) {
    void set(String text) {
      set(new TextNode(text));
    }

    void set(JsonNode node) {
      if (parent instanceof ObjectNode object) {
        object.set(key, node);
      } else {
        ((ArrayNode) parent).set(Integer.parseInt(key), node);
      }
    }
  }

  /** All but "none" for credentials: what these refer to is for the sources to see. */
  private static List<Leaf> references(JsonNode document) {
    return leaves(document).stream().filter(leaf -> !leaf.path().endsWith("-auth")).toList();
  }

  private static List<Leaf> leaves(JsonNode document) {
    List<Leaf> leaves = new ArrayList<>();
    collect(document, "", leaves);
    return leaves;
  }

  private static void collect(JsonNode node, String path, List<Leaf> to) {
    for (int i = 0; i < node.size() && node.isArray(); i++) {
      collect(node, String.valueOf(i), node.get(i), path, to);
    }
    node.properties().forEach(e -> collect(node, e.getKey(), e.getValue(), path, to));
  }

  private static void collect(
      JsonNode parent, String key, JsonNode value, String outer, List<Leaf> to) {
    String path = outer + '/' + key;
    if (value.isValueNode()) {
      to.add(new Leaf((ContainerNode<?>) parent, key, path, value));
    } else {
      collect(value, path, to);
    }
  }
}
