package io.freshet.serve.http.v1;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.freshet.serve.http.ServedSample;
import io.freshet.serve.http.ServedSample.Answer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What clients of TensorFlow Serving and of KServe v1 send. */
class V1Test {
  private static final String ONE = "{'instances': [{'features': {'user': 'u1', 'price': 2.5}}]}";

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

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/v1/models/ctr:predict",
        "/v1/models/ctr%3Apredict",
        "/v1/models/ctr/versions/3:predict",
        "/v1/models/ctr/versions/3%3apredict",
        "/v1/models/ctr/versions/0badcafe-0000000003:predict",
        "/v1/models/ctr/versions/3:explain"
      })
  void theServedVersionAnswers(String path) throws Exception {
    Answer answer = sample.post(path, ONE);

    assertThat(answer.status()).as("%s", answer.body()).isEqualTo(200);
    assertThat(answer.body().path("model_version").asText()).isEqualTo("0badcafe-0000000003");
    assertThat(answer.body().at("/predictions/0").asDouble())
        .isCloseTo(sample.score(Map.of("user", "u1", "price", 2.5)), within(1e-6));
  }

  @ParameterizedTest
  @ValueSource(strings = {"4", "03", "0badcafe-0000000004", "1badcafe-0000000003", "latest"})
  void anotherVersionIsNotThere(String version) throws Exception {
    String model = "/v1/models/ctr/versions/" + version;

    for (Answer answer :
        List.of(
            sample.post(model + ":predict", ONE),
            sample.post(model + ":explain", ONE),
            sample.get(model),
            sample.get(model + "/metadata"))) {
      assertThat(answer.status()).isEqualTo(404);
      assertThat(answer.error())
          .isEqualTo("version " + version + " is not served, but 0badcafe-0000000003");
    }
  }

  @Test
  void aModelOfOneTaskHasNoneToName() throws Exception {
    String asked = "{'task': 'click', 'instances': [{'features': {'user': 'u1'}}]}";

    assertThat(sample.post("/v1/models/ctr:explain", asked).error())
        .isEqualTo(
            "there is no task \"click\"; expected none, as the model has one without a name");
    assertThat(sample.post("/v1/models/ctr:predict", asked).status()).isEqualTo(200);
  }

  @Test
  void theStatusIsThatOfTensorFlowServingToo() throws Exception {
    for (String path : List.of("/v1/models/ctr", "/v1/models/ctr/versions/3")) {
      JsonNode status = sample.get(path).body();

      assertThat(status.path("model_version_status").toString())
          .isEqualTo(
              "[{\"version\":\"3\",\"state\":\"AVAILABLE\","
                  + "\"status\":{\"error_code\":\"OK\",\"error_message\":\"\"}}]");
      assertThat(status.path("ready").asBoolean()).isTrue();
    }
  }

  @Test
  void columnsAreScoredAsTheSameInstances() throws Exception {
    Answer columns =
        sample.post(
            "/v1/models/ctr:predict",
            """
            {'signature_name': 'serving_default',
             'inputs': {'price': [2.5, null, -3], 'user': ['u1'], 'unknown': [[{}], 2, 3],
                        'genres': [['drama', 'war'], [], 'drama']}}\
            """);
    Answer rows =
        sample.post(
            "/v1/models/ctr:predict",
            """
            {'shared': {'features': {'user': 'u1'}},
             'instances': [{'features': {'price': 2.5, 'genres': ['drama', 'war']}},
                           {'features': {}}, {'features': {'price': -3, 'genres': 'drama'}}]}\
            """);

    assertThat(columns.status()).as("%s", columns.body()).isEqualTo(200);
    assertThat(columns.body().path("outputs")).isEqualTo(rows.body().path("predictions"));
    assertThat(columns.body().path("outputs")).hasSize(3);
    assertThat(columns.body().has("predictions")).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "{'inputs': 1}|inputs is no object",
        "{'inputs': {}}|inputs is empty",
        "{'inputs': {'user': 'u1'}}|inputs.user is no list; expected a value for each instance",
        "{'inputs': {'user': ['u1', 'u2'], 'price': [1, 2, 3]}}|inputs.price is for 3 instances;"
            + " expected 2, as inputs.user",
        "{'inputs': {'user': ['u1', 'u2'], 'x': [1, 2, 3]}}|inputs.x is for 3 instances",
        "{'inputs': {'user': ['u1'], 'user': ['u2']}}|inputs.user is there twice",
        "{'inputs': {'user': [{}]}}|inputs.user[0] is no string, number, boolean or null",
        "{'inputs': {'genres': [[['a']]]}}|inputs.genres[0] is no string",
        "{'inputs': {'price': [1, 1e99]}}|instances[1].features.price: 1.0E99",
        "{'inputs': {'price': [1, 'x']}}|instances[1].features.price is a string; expected a"
            + " number",
        "{'inputs': {'user': ['u1']}, 'instances': []}|instances and inputs are both there"
      })
  void aMistakeInAColumnIsNamed(String body, String reason) throws Exception {
    Answer answer = sample.post("/v1/models/ctr:predict", body);

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.error()).startsWith(reason);
  }

  @Test
  void columnsAreLimitedAsInstancesAre() throws Exception {
    String ones = "1,".repeat(10_000) + "1";

    Answer answer =
        sample.post("/v1/models/ctr:predict", "{'inputs': {'price': [%s]}}".formatted(ones));

    assertThat(answer.status()).isEqualTo(413);
    assertThat(answer.error()).contains("more than 10000");
  }
}
