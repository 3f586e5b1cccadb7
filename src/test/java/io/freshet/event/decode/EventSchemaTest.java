package io.freshet.event.decode;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.InputFormat;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion.VersionFlag;
import io.freshet.event.DecodeResult;
import io.freshet.event.EventSettings;
import io.freshet.event.FeatureNames;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The published schemas and the decoders decide the same. */
class EventSchemaTest {
  private static final long KAFKA_TIME = 1_767_225_600_000L;
  private static final JsonSchema IMPRESSION = schema("impression");
  private static final JsonSchema CLICK = schema("click");

  private final ImpressionDecoder impressions =
      new ImpressionDecoder(
          EventSettings.DEFAULT, new FeatureNames(List.of("f", "user"), Set.of("f"), 0));
  private final ClickDecoder clicks = new ClickDecoder(EventSettings.DEFAULT);

  @Test
  void examplesOfTheSchemasAreGood() throws IOException {
    for (JsonNode example : examples("impression")) {
      assertThat(impressionIsGood(example.toString())).as("%s", example).isTrue();
    }
    for (JsonNode example : examples("click")) {
      assertThat(clickIsGood(example.toString())).as("%s", example).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "'i'",
        "''",
        "'\\ud83d\\ude00'",
        "7",
        "null",
        "['i']",
        "{}",
        "true",
      })
  void idsAreJudgedAlike(String id) {
    String keys = "{'impression_id': " + id + ", 'timestamp': 1767225600000, 'features': {}}";

    impressionIsGood(keys);
    clickIsGood(keys);
  }

  @Test
  void idsOfTheGreatestLengthAreJudgedAlike() {
    for (String character : List.of("x", "😀")) {
      assertThat(clickIsGood(click(character.repeat(256), "1767225600000"))).isTrue();
      assertThat(clickIsGood(click(character.repeat(257), "1767225600000"))).isFalse();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1767225600000",
        "1767225600000.0",
        "1.7672256e12",
        "1767225600000.5",
        "946684800000",
        "946684799999",
        "0",
        "-1",
        "'1767225600000'",
        "null",
        "[]",
        "true"
      })
  void timestampsAreJudgedAlike(String timestamp) {
    clickIsGood(click("i", timestamp));
    impressionIsGood("{'impression_id': 'i', 'features': {}, 'timestamp': " + timestamp + "}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "'x'",
        "''",
        "5",
        "5.5",
        "-0",
        "1e38",
        "1e39",
        "-1e39",
        "1e400",
        "true",
        "null",
        "{}",
        "{'a': 1, 'b': -0.5, 'c': null}",
        "{'a': 1e39}",
        "{'a': true}",
        "{'a': []}",
        "{'a': {}}",
        "[]",
        "['x', 5, 5.5, true, null]",
        "[1e39]",
        "[[]]",
        "[{}]"
      })
  void featureValuesAreJudgedAlike(String value) {
    impressionIsGood(
        "{'impression_id': 'i', 'timestamp': 1767225600000, 'features': {'f': " + value + "}}");
  }

  @ParameterizedTest
  @ValueSource(strings = {"'like'", "''", "7", "null", "['like']"})
  void actionsAreJudgedAlike(String action) {
    clickIsGood("{'impression_id': 'i', 'timestamp': 1767225600000, 'action': " + action + "}");
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "0.5", "1e-30", "0", "-1", "1e39", "'1'", "null", "true", "[1]"})
  void weightsAreJudgedAlike(String weight) {
    impressionIsGood(
        "{'impression_id': 'i', 'timestamp': 1767225600000, 'features': {}, 'weight': "
            + weight
            + "}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "[]",
        "'x'",
        "{'impression_id': 'i', 'timestamp': 1767225600000}",
        "{'impression_id': 'i', 'timestamp': 1767225600000, 'features': []}",
        "{'impression_id': 'i', 'timestamp': 1767225600000, 'features': null}",
        "{'impression_id': 'i', 'timestamp': 1767225600000, 'features': {}, 'more': {'x': []}}",
        "{'impression_id': 'i', 'features': {}}",
        "{'timestamp': 1767225600000, 'features': {}}"
      })
  void keysAreJudgedAlike(String json) {
    impressionIsGood(json);
    clickIsGood(json);
  }

  /** Whether the record is good, of which schema and decoder must be of one opinion. */
  private boolean impressionIsGood(String json) {
    return judge(json, IMPRESSION, impressions.decode(bytes(json), KAFKA_TIME));
  }

  private boolean clickIsGood(String json) {
    return judge(json, CLICK, clicks.decode(bytes(json), KAFKA_TIME));
  }

  private static boolean judge(String json, JsonSchema schema, DecodeResult<?> outcome) {
    var faults = schema.validate(new String(bytes(json), UTF_8), InputFormat.JSON);
    assertThat(outcome instanceof DecodeResult.Good)
        .as("%s is %s to the decoder, but the schema finds %s", json, outcome, faults)
        .isEqualTo(faults.isEmpty());
    return faults.isEmpty();
  }

  private static String click(String id, String timestamp) {
    return "{'impression_id': '" + id + "', 'timestamp': " + timestamp + "}";
  }

  private static byte[] bytes(String json) {
    return json.replace('\'', '"').getBytes(UTF_8);
  }

  private static JsonSchema schema(String name) {
    try {
      return JsonSchemaFactory.getInstance(VersionFlag.V202012).getSchema(text(name));
    } catch (IOException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private static JsonNode examples(String name) throws IOException {
    return new ObjectMapper().readTree(text(name)).get("examples");
  }

  private static String text(String name) throws IOException {
    return Files.readString(Path.of("schemas", name + ".schema.json"));
  }
}
