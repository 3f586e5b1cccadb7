package io.freshet.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion.VersionFlag;
import io.freshet.config.option.Option;
import io.freshet.config.option.ValueType;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The schema that editors complete from says the same as the reader. */
final class LearnerSchemaTest {
  static final List<String> GOOD =
      List.of(
          ConfigSamples.LEAST,
          ConfigSamples.FULL,
          ConfigSamples.OTHER_KINDS,
          ConfigSamples.ROW_WISE,
          ConfigSamples.DECAYING,
          ConfigSamples.LINEAR,
          ConfigSamples.PAIRS,
          ConfigSamples.DEFAULTS);

  private static final YAMLMapper YAML = new YAMLMapper();
  private static final JsonNode SCHEMA = schema();
  private static final JsonSchema VALIDATOR =
      JsonSchemaFactory.getInstance(VersionFlag.V202012).getSchema(SCHEMA);

  @ParameterizedTest
  @FieldSource("GOOD")
  void whatTheReaderTakesIsValid(String yaml) throws IOException {
    assertThat(VALIDATOR.validate(YAML.readTree(yaml))).isEmpty();
    assertThat(ConfigSamples.parse(yaml).warnings()).isEmpty();
  }

  /** The schema says in its own words what the types of the options check. */
  @Test
  void rangesAndChoicesAreTheSame() {
    checkRanges("", LearnerConfig.options());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "train.batch-sise=1",
        "train.batch-size=1.5",
        "train.batch-size=many",
        "train.first-order-optimizer={kind: rmsprop}",
        "train.first-order-optimizer={learning-rate: 1}",
        "train.embedding-optimizer={kind: sgd, alpha: 1}",
        "train.embedding-optimizer={kind: rowwise-adagrad, alpha: 1}",
        "train.first-order-optimizer={kind: rowwise-adagrad}",
        "train.dense={optimizer: {kind: rowwise-adagrad}}",
        "fit={optimizer: {kind: rowwise-adagrad}}",
        "train.embedding-optimizer={accumulator-cap: 0}",
        "train.first-order-optimizer={accumulator-cap: low}",
        "train.dropout=1",
        "train.clip={rows: 0}",
        "train.clip={row: 1}",
        "train.clip=5",
        "features=[{name: a, kind: categorical, rate-factor: 0}]",
        "features=[{name: a, kind: numeric, l2: -1}]",
        "train.user-field=' '",
        "join.window=30",
        "join.window=1.5 h",
        "join.policy=guess",
        "join.late-clicks=learn",
        "join.negatives={rate: 0}",
        "join.negatives={rate: 0.1, correction: both}",
        "join.label={click: 0}",
        "join.label=click",
        "join.actions=[]",
        "join.actions=[{topic: likes}]",
        "join.actions=[{name: like, windows: 1 h}]",
        "embedding.admission={kind: some}",
        "embedding.admission={kind: count, after: 0}",
        "embedding.admission={kind: sketch, after: 128}",
        "embedding.admission={kind: chance, share: 0}",
        "embedding.admission={after: 3}",
        "embedding.admission=count",
        "embedding.expiry=30",
        "embedding.expiry=for ever",
        "embedding.max-rows=0",
        "embedding.sketch-memory=1 mb",
        "embedding.fields=[{expiry: 1 d}]",
        "embedding.fields=[{name: user, max-rows: 5}]",
        "evaluate.at-impression=2",
        "events.max-bytes=1 mb",
        "snapshot.root=/data",
        "snapshot.root=file:data",
        "snapshot.root=file://data/x",
        "snapshot.merge={share: 0}",
        "snapshot.gate={max-ne: 0}",
        "snapshot.gate={max-ne: low}",
        "kafka.bootstrap-servers=localhost",
        "kafka.topics.clicks=a b",
        "kafka.topics={click: a}",
        "kafka.properties={bootstrap.servers: x}",
        "kafka.properties={ssl: {protocol: x}}",
        "model={hidden-layers: 3}",
        "model={hidden-layers: [0]}",
        "model={kind: deep}",
        "model={kind: lr, embedding-size: 4}",
        "model={kind: fm, hidden-layers: [8]}",
        "model={cross-layers: 2}",
        "model={kind: dcn, cross-layers: 0}",
        "features=[]",
        "features=[{name: user}]",
        "features=[{kind: categorical}]",
        "features=[{name: user, kind: category}]",
        "features=[{name: user, kind: categorical, number: 0}]",
        "features=[{name: user, kind: categorical, transform: log}]",
        "features=[{name: a, kind: numeric, transform: log, mean: 1}]",
        "features=[{name: a, kind: numeric, transform: standardize, mean: 1}]",
        "features=[{name: a, kind: numeric, transform: standardize, mean: 1, deviation: 0}]",
        "features=[{name: a, kind: numeric, transform: buckets, bounds: []}]",
        "features=[{name: a, kind: cross, of: [user]}]",
        "features=[{name: a, kind: cross, of: []}]",
        "fit={optimizer: {kind: adam, alpha: 1}}",
        "fit={optimizer: {momentum: 0.5}}",
        "fit={dropout: 1}",
        "fit={batch-norm: maybe}",
        "parallelism=two",
        "name=..",
        "colour=red"
      })
  void whatIsBrokenIsRefusedByBoth(String override) throws IOException {
    ObjectNode document = (ObjectNode) YAML.readTree(ConfigSamples.LEAST);
    String[] keyValue = override.split("=", 2);
    String[] path = keyValue[0].split("\\.");
    ObjectNode at = path.length == 1 ? document : document.withObject("/" + path[0]);
    if (path.length == 3) {
      at = at.withObject("/" + path[1]);
    }
    at.set(path[path.length - 1], YAML.readTree(keyValue[1]));

    assertThat(VALIDATOR.validate(document)).isNotEmpty();
    assertThat(BrokenConfigTest.problems(ConfigSamples.LEAST, override)).isNotEmpty();
  }

  private static void checkRanges(String path, List<Option> options) {
    for (Option option : options) {
      if (option.content() instanceof Option.Group group) {
        checkRanges(path + option.key() + ".", group.options());
      } else if (option.content() instanceof Option.Value value) {
        checkRange(path + option.key(), value.type());
      }
    }
  }

  private static void checkRange(String key, ValueType<?> type) {
    Map<String, Object> schema = type.schema();
    if (schema.get("maximum") instanceof Number most) {
      BigDecimal least = new BigDecimal(schema.get("minimum").toString());
      BigDecimal beyond =
          schema.get("type").equals("integer") ? BigDecimal.ONE : new BigDecimal("1e-9");
      assertThat(isTaken(type, least)).as(key).isTrue();
      assertThat(isTaken(type, new BigDecimal(most.toString()))).as(key).isTrue();
      assertThat(isTaken(type, least.subtract(beyond))).as(key).isFalse();
      assertThat(isTaken(type, new BigDecimal(most.toString()).add(beyond))).as(key).isFalse();
    }
    if (schema.get("enum") instanceof List<?> choices) {
      assertThat(choices).as(key).isNotEmpty().allMatch(choice -> isTaken(type, choice));
      assertThat(isTaken(type, "nonsense")).as(key).isFalse();
    }
  }

  private static boolean isTaken(ValueType<?> type, Object value) {
    String text = value instanceof BigDecimal number ? number.toPlainString() : value.toString();
    return type.parse().apply(text).isPresent();
  }

  private static JsonNode schema() {
    try {
      return new ObjectMapper().readTree(Path.of("schemas/learner.schema.json").toFile());
    } catch (IOException e) {
      throw new AssertionError("run in the project's directory", e);
    }
  }
}
