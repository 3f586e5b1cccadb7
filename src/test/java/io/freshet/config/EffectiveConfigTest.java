package io.freshet.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion.VersionFlag;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class EffectiveConfigTest {

  @ParameterizedTest
  @MethodSource("samples")
  void whatIsShownIsReadAgainAsTheSame(String yaml) {
    EffectiveConfig shown = effective(yaml);

    String told = shown.yaml().replace("(hidden)", "me:too"); // but for its secret
    LearnerConfig again = ConfigSamples.parse(told);

    assertThat(again)
        .usingRecursiveComparison()
        .withEqualsForType(Double::equals, Double.class)
        .ignoringFields("warnings")
        .isEqualTo(shown.config());
    assertThat(effective(told).keys()).isEqualTo(shown.keys());
  }

  @ParameterizedTest
  @MethodSource("samples")
  void theSchemaFindsNothingWrongWithIt(String yaml) throws IOException {
    JsonNode shown = new ObjectMapper().readTree(effective(yaml).json());
    var schema =
        JsonSchemaFactory.getInstance(VersionFlag.V202012)
            .getSchema(Files.readString(Path.of("schemas/learner.schema.json")));

    assertThat(schema.validate(shown)).isEmpty();
  }

  @Test
  void defaultsAreShownAsTheDocumentedFileHasThem() {
    String shown = effective(ConfigSamples.LEAST).yaml();

    assertThat(shown)
        .contains(
            "group-id: freshet-ctr\n",
            "  window: 30 min\n",
            "  warm-up: 4 h\n",
            "max-bytes: 1 MB\n",
            "    max-ne: none\n",
            "    learning-rate: 0.1\n",
            "  backend: rocksdb\n",
            "    enabled: true\n");
  }

  @Test
  void whatFollowsFromOtherKeysIsShownAsItFollows() {
    String shown = effective(ConfigSamples.LEAST + "name: ads\njoin: {window: 90 s}\n").yaml();

    assertThat(shown).contains("group-id: freshet-ads\n", "  warm-up: 12 min\n");
  }

  @Test
  void secretsAndWhatMayBeOneAreHidden() {
    EffectiveConfig config =
        EffectiveConfig.parse(
            ConfigSamples.LEAST,
            "learner.yaml",
            List.of(
                "kafka.properties.security.protocol=SASL_SSL",
                "kafka.properties.sasl.jaas.config=hunter1",
                "kafka.properties.ssl.truststore.password=hunter2",
                "kafka.properties.my.own.plugin.token=hunter3"));

    assertThat(config.yaml()).contains("security.protocol: SASL_SSL").doesNotContain("hunter");
    assertThat(config.json()).doesNotContain("hunter");
    assertThat(config.config().kafka().properties().values()).contains("hunter1", "hunter3");
  }

  static List<String> samples() {
    return List.of(
        ConfigSamples.LEAST,
        ConfigSamples.FULL,
        ConfigSamples.OTHER_KINDS,
        ConfigSamples.LINEAR,
        ConfigSamples.PAIRS,
        ConfigSamples.DEFAULTS);
  }

  private static EffectiveConfig effective(String yaml) {
    return EffectiveConfig.parse(yaml, "learner.yaml", List.of());
  }
}
