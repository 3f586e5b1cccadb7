package io.freshet.serve.http.v2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.freshet.serve.http.ServedSample;
import io.freshet.serve.http.ServedSample.Answer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class V2Test {
  private static final String USER =
      "{'name': 'user', 'datatype': 'BYTES', 'shape': [2], 'data': ['u1', 'u2']}";
  private static final String PRICE =
      "{'data': [2.5, -3], 'shape': [2, 1], 'parameters': {'a': 1}, 'datatype': 'FP32',"
          + " 'name': 'price'}";

  @TempDir Path root;
  private ServedSample sample;

  @BeforeEach
  void start() throws Exception {
    sample = new ServedSample(root);
  }

  @AfterEach
  void stop() throws Exception {
    sample.close();
  }

  @Test
  void aServerTellsWhatItIsAndHowItIs() throws Exception {
    assertThat(sample.get("/v2").body().path("name").asText()).isEqualTo("freshet");
    assertThat(sample.get("/v2").body().path("version").asText()).isNotEmpty();
    assertThat(sample.get("/v2").body().path("extensions").isArray()).isTrue();
    assertThat(sample.get("/v2/health/live").body().path("live").asBoolean()).isTrue();
    assertThat(sample.get("/v2/health/ready").status()).isEqualTo(200);
    assertThat(sample.get("/v2/health/ready").body().path("ready").asBoolean()).isTrue();
    assertThat(sample.get("/v2/models/ctr/ready").body().toString())
        .isEqualTo("{\"name\":\"ctr\",\"ready\":true}");

    sample.server().drain();

    assertThat(sample.get("/v2/health/live").status()).isEqualTo(200);
    assertThat(sample.get("/v2/health/ready").status()).isEqualTo(503);
    assertThat(sample.get("/v2/health/ready").body().path("ready").asBoolean()).isFalse();
    assertThat(sample.get("/v2/models/ctr/ready").status()).isEqualTo(503);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "/versions/3", "/versions/0badcafe-0000000003"})
  void theMetadataListsTheTensors(String version) throws Exception {
    JsonNode metadata = sample.get("/v2/models/ctr" + version).body();

    assertThat(metadata.path("name").asText()).isEqualTo("ctr");
    assertThat(metadata.path("versions").toString()).isEqualTo("[\"0badcafe-0000000003\"]");
    assertThat(metadata.path("platform").asText()).isEqualTo("freshet");
    assertThat(metadata.path("inputs").toString())
        .isEqualTo(
            "[{\"name\":\"user\",\"datatype\":\"BYTES\",\"shape\":[-1]},"
                + "{\"name\":\"genres\",\"datatype\":\"BYTES\",\"shape\":[-1,-1]},"
                + "{\"name\":\"price\",\"datatype\":\"FP32\",\"shape\":[-1]}]");
    assertThat(metadata.path("outputs").toString())
        .isEqualTo("[{\"name\":\"predictions\",\"datatype\":\"FP32\",\"shape\":[-1]}]");
  }

  @Test
  void tensorsAreScoredAsTheScorerScoresTheInstances() throws Exception {
    Answer answer =
        infer(
            "'id': 'é 42', 'outputs': [{'name': 'predictions'}], 'parameters': {}, ",
            USER,
            PRICE,
            "{'name': 'genres', 'datatype': 'BYTES', 'shape': [3], 'data': ['drama', 'war', 'x']}",
            "{'name': 'genres.offsets', 'datatype': 'INT64', 'shape': [3], 'data': [0, 2, 3]}",
            "{'name': 'unknown', 'datatype': 'BOOL', 'shape': [1], 'data': [true]}");

    assertThat(answer.status()).as("%s", answer.body()).isEqualTo(200);
    assertThat(answer.body().path("model_name").asText()).isEqualTo("ctr");
    assertThat(answer.body().path("model_version").asText()).isEqualTo("0badcafe-0000000003");
    assertThat(answer.body().path("id").asText()).isEqualTo("é 42");
    JsonNode output = answer.body().at("/outputs/0");
    assertThat(output.path("name").asText()).isEqualTo("predictions");
    assertThat(output.path("datatype").asText()).isEqualTo("FP32");
    assertThat(output.path("shape").toString()).isEqualTo("[2]");
    assertScores(
        answer,
        Map.of("user", "u1", "price", 2.5, "genres", List.of("drama", "war")),
        Map.of("user", "u2", "price", -3, "genres", List.of("x")));
  }

  @Test
  void listsOfOneLengthAreRowsAndAFirstDimensionOfOneIsOfAll() throws Exception {
    Answer answer =
        infer(
            "",
            "{'name': 'user', 'datatype': 'INT64', 'shape': [1], 'data': [17]}",
            "{'name': 'genres', 'datatype': 'BYTES', 'shape': [2, 2], 'data': [['a', 'b'], ['c',"
                + " null]]}",
            "{'name': 'price', 'datatype': 'FP64', 'shape': [2], 'data': [1, null]}");

    assertScores(
        answer,
        Map.of("user", "17", "genres", List.of("a", "b"), "price", 1),
        Map.of("user", 17, "genres", List.of("c")));
  }

  @Test
  void whatIsMissingIsAnEmptyRowOfARaggedTensor() throws Exception {
    Answer answer =
        infer(
            "",
            "{'name': 'user', 'datatype': 'BYTES', 'shape': [1], 'data': ['u1']}",
            "{'name': 'user.offsets', 'datatype': 'INT32', 'shape': [3], 'data': [0, 0, 1]}",
            "{'name': 'price', 'datatype': 'FP32', 'shape': [0], 'data': []}",
            "{'name': 'price.offsets', 'datatype': 'INT64', 'shape': [3], 'data': [0, 0, 0]}");

    assertScores(answer, Map.of(), Map.of("user", "u1"));
  }

  @Test
  void stringsOfJsonAreTheSimpleForm() throws Exception {
    Answer answer =
        infer(
            "",
            """
            {'name': 'features_json', 'datatype': 'BYTES', 'shape': [2],
             'data': ['{\\\\'user\\\\': \\\\'u1\\\\', \\\\'price\\\\': 2.5}', '{}']}\
            """
                .replace("\\\\'", "\\\""));

    assertScores(answer, Map.of("user", "u1", "price", 2.5), Map.of());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "[]|the body is not a JSON object",
        "{}|inputs is missing; expected a list of tensors",
        "{'id': 7, 'inputs': []}|id is no string",
        "{'inputs': {}}|inputs is no list",
        "{'inputs': [1]}|inputs[0] is no object",
        "{'inputs': [{'name': 'user', 'shape': [0], 'data': []}]}|inputs[0].datatype is missing",
        "{'inputs': [{'name': 'user', 'shape': ['0']}]}|inputs[0].shape: 0 is no size",
        "{'inputs': [{'name': 'user', 'datatype': 'BYTES', 'shape': [1], 'data': ['u']}],"
            + " 'outputs': [{'name': 'x'}]}|there is no output \"x\"; expected predictions"
      })
  void aBodyThatIsNoInferenceIsRefused(String body, String reason) throws Exception {
    assertRefused(sample.post("/v2/models/ctr/infer", body), reason);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "user|FP16|[1]|1|inputs[0].datatype is FP16; expected one of [BOOL,",
        "user|BYTES|[]|'a'|inputs.user.shape is []; expected [instances] or",
        "user|BYTES|[1, 1, 1]|'a'|inputs.user.shape is [1, 1, 1]; expected",
        "user|BYTES|[-1]|'a'|inputs.user.shape is [-1]; expected",
        "user|BYTES|[2]|'a'|inputs.user holds 1 values, which do not fill its shape [2]",
        "user|BYTES|[3000000000, 3000000000]|'a'|inputs.user holds 1 values, which do not",
        "user|BYTES|[1]|7|inputs.user[0]: 7 is no BYTES",
        "user|INT64|[1]|'a'|inputs.user[0]: a is no INT64",
        "user|BOOL|[1]|1|inputs.user[0]: 1 is no BOOL",
        "user|BYTES|[1]|{}|inputs[0].data is no string, number, boolean or null",
        "user|BYTES|[1, 2]|'a', 'b'|instances[0].features.user is a list; expected one value",
        "price|BYTES|[1]|'a'|instances[0].features.price is a string; expected a number",
        "price|FP64|[1]|1e99|instances[0].features.price: 1.0E99",
        "usr|BYTES|[1]|'a'|inputs names no feature of the model",
        "features_json|BYTES|[1]|'[]'|inputs.features_json[0]: features is a list",
        "features_json|BYTES|[1]|'{} x'|inputs.features_json[0] is not readable as JSON",
        "features_json|BOOL|[1]|true|inputs.features_json is no BYTES of one dimension"
      })
  void aTensorThatIsNoneIsRefused(
      String name, String datatype, String shape, String data, String reason) throws Exception {
    String tensor = "{'name': '%s', 'datatype': '%s', 'shape': %s, 'data': [%s]}";

    assertRefused(infer("", tensor.formatted(name, datatype, shape, data)), reason);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "[0, 2]|inputs.genres.offsets ends at 2; expected the number of values, 3",
        "[1, 3]|inputs.genres.offsets[0] is 1; expected 0 to 0",
        "[0, 2, 1, 3]|inputs.genres.offsets[2] is 1; expected 2 to 3",
        "[0, 4]|inputs.genres.offsets[1] is 4; expected 0 to 3",
        "[]|inputs.genres.offsets is no list of integers; expected one more"
      })
  void offsetsThatAreNoneAreRefused(String offsets, String reason) throws Exception {
    int size = offsets.split(",").length - (offsets.equals("[]") ? 1 : 0);
    Answer answer =
        infer(
            "",
            "{'name': 'genres', 'datatype': 'BYTES', 'shape': [3], 'data': ['a', 'b', 'c']}",
            "{'name': 'genres.offsets', 'datatype': 'INT64', 'shape': [%s], 'data': %s}"
                .formatted(size, offsets));

    assertRefused(answer, reason);
  }

  @Test
  void tensorsOfDifferentNumbersOfInstancesAreRefused() throws Exception {
    String three = "{'name': 'price', 'datatype': 'FP32', 'shape': [3], 'data': [1, 2, 3]}";

    assertRefused(infer("", USER, three), "inputs.price is for 3 instances; expected 2, as");
    assertRefused(infer("", USER, USER), "inputs.user is there twice");
  }

  @Test
  void anotherModelAndAnotherVersionAreNotThere() throws Exception {
    assertThat(sample.get("/v2/models/other").status()).isEqualTo(404);
    assertThat(sample.get("/v2/models/ctr/versions/9/ready").status()).isEqualTo(404);
    Answer answer = sample.post("/v2/models/ctr/versions/9/infer", "{'inputs': []}");
    assertThat(answer.status()).isEqualTo(404);
    assertThat(answer.error()).isEqualTo("version 9 is not served, but 0badcafe-0000000003");
    assertThat(sample.get("/v2/models/ctr/infer").status()).isEqualTo(405);
    assertThat(sample.post("/v2/models/ctr/versions/3/infer", "{'inputs': []}").status())
        .isEqualTo(200);
  }

  @Test
  void inferencesAreCountedAndLimitedAsPredictionsAre() throws Exception {
    infer("", USER);
    assertThat(sample.metrics())
        .contains(
            "freshet_instances_total{model=\"ctr\"} 2.0",
            "freshet_requests_total{code=\"200\"} 1.0");

    String ones = "1,".repeat(10_000) + "1";
    Answer answer =
        infer(
            "",
            "{'name': 'price', 'datatype': 'FP32', 'shape': [10001], 'data': [%s]}"
                .formatted(ones));

    assertThat(answer.status()).isEqualTo(413);
    assertThat(answer.error()).contains("more than 10000");
  }

  private Answer infer(String before, String... inputs) throws Exception {
    return sample.post(
        "/v2/models/ctr/infer", "{%s'inputs': [%s]}".formatted(before, String.join(", ", inputs)));
  }

  private void assertScores(Answer answer, Map<?, ?>... instances) {
    assertThat(answer.status()).as("%s", answer.body()).isEqualTo(200);
    JsonNode data = answer.body().at("/outputs/0/data");
    assertThat(data).hasSize(instances.length);
    for (int i = 0; i < instances.length; i++) {
      Map<String, Object> features = new HashMap<>();
      instances[i].forEach((name, value) -> features.put((String) name, value));
      assertThat(data.get(i).asDouble()).isCloseTo(sample.score(features), within(1e-6));
    }
  }

  private static void assertRefused(Answer answer, String reason) {
    assertThat(answer.error()).startsWith(reason);
    assertThat(answer.status()).isEqualTo(400);
  }
}
