package io.freshet.serve.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.ByteString;
import inference.InferTensorContents;
import inference.ModelInferRequest;
import inference.ModelInferResponse;
import inference.ModelMetadataRequest;
import inference.ModelReadyRequest;
import io.freshet.serve.follow.PythonPackage;
import io.freshet.serve.follow.SnapshotFollower;
import io.freshet.serve.model.SampleModel;
import io.freshet.serve.model.Scorer;
import io.freshet.serve.predict.Scored;
import io.freshet.serve.predict.Split;
import io.freshet.snapshot.format.Version;
import io.freshet.snapshot.storage.LocalStorage;
import io.freshet.snapshot.store.SnapshotStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A server of two models, one of them on disk, between which a third name is split. */
class ModelsServerTest {
  private static final Version CTR = new Version("0badcafe", 3);
  private static final Version WIDE = new Version("0badbeef", 7);
  private static final Version NEWER = new Version("0badbeef", 9);
  private static final Version NEXT = new Version("0badf00d", 1);
  private static final Split SPLIT = Split.of("ads", Optional.of("user"), List.of(70.0, 30.0));
  private static final String ONE =
      "{'instances': [{'features': {'user': '%s', 'genres': ['drama'], 'price': 2.5}}]}";

  @TempDir static Path folder;
  private static ServedModelsFile served;

  @BeforeAll
  static void start() throws Exception {
    new SampleModel(folder.resolve("ctr")).full(CTR, 0.25f, 0.125f, List.of(1L << 52));
    new SampleModel(folder.resolve("wide")).full(WIDE, 0.5f, 0.25f, List.of(1L << 52));
    new SampleModel(folder.resolve("wide")).full(NEWER, 0.1f, 0.2f, List.of(1L << 52));
    new SampleModel(folder.resolve("next")).full(NEXT, 0.4f, 0.3f, List.of(1L << 52));
    Path file = folder.resolve("models.yaml");
    Files.writeString(
        file,
        """
        models:
          - {name: ctr, root: %1$s/ctr}
          - {name: next, root: %1$s/next}
          - {name: wide, root: %1$s/wide, store: rocksdb, store-dir: %1$s/rows, store-memory: 16, version: %2$s}
        splits:
          - {name: ads, by: user, shares: {ctr: 70, wide: 30}}
          - {name: shop, shares: {ctr: 100}, shadows: [next]}
        """
            .formatted(folder, WIDE));
    served = new ServedModelsFile(file);
    served.awaitReady();
  }

  @AfterAll
  static void stop() throws Exception {
    served.close();
  }

  private static double score(String model, String user) throws Exception {
    return score(served.post("/v1/models/" + model + ":predict", ONE.formatted(user)));
  }

  private static double score(JsonNode answer) {
    return answer.path("predictions").path(0).asDouble();
  }

  @Test
  void eachModelAnswersToItsName() throws Exception {
    JsonNode answer = served.post("/v1/models/wide:predict", ONE.formatted("u1"));

    assertThat(answer.path("model_version").asText()).isEqualTo(WIDE.toString());
    assertThat(answer.has("scored_by")).isFalse();
    assertThat(score("ctr", "u1")).isNotCloseTo(score("wide", "u1"), within(0.01));
    assertThat(served.get("/v1/models").path("models"))
        .map(JsonNode::asText)
        .containsExactly("ctr", "wide", "ads", "shop");
    assertThat(served.post("/v1/models/other:predict", "{}").path("error").asText())
        .isEqualTo("no model \"other\" is served, but \"ctr\", \"wide\", \"ads\", \"shop\"");
  }

  @Test
  void aUserHasTheModelOfItsPlaceInEveryProtocol() throws Exception {
    for (int i = 0; i < 100; i++) {
      String user = "u" + i;
      String model = SPLIT.arm(user) == 0 ? "ctr" : "wide";

      JsonNode v1 = served.post("/v1/models/ads:predict", ONE.formatted(user));
      JsonNode v2 = served.post("/v2/models/ads/infer", tensors(user));
      ModelInferResponse grpc = served.grpc().modelInfer(request("ads", user));

      assertThat(v1.path("scored_by").asText()).isEqualTo(model);
      assertThat(v1.path("model_version").asText())
          .isEqualTo((model.equals("ctr") ? CTR : WIDE).toString());
      assertThat(score(v1)).isCloseTo(score(model, user), within(1e-6));
      assertThat(v2.path("model_name").asText()).isEqualTo("ads");
      assertThat(v2.path("parameters").path("scored_by").asText()).isEqualTo(model);
      assertThat(grpc.getParametersOrThrow("scored_by").getStringParam()).isEqualTo(model);
      assertThat(grpc.getModelVersion()).isEqualTo(v1.path("model_version").asText());
    }
  }

  private static String tensors(String user) {
    return "{'inputs': [{'name': 'user', 'datatype': 'BYTES', 'shape': [1], 'data': ['%s']}]}"
        .formatted(user);
  }

  private static ModelInferRequest request(String model, String user) {
    return ModelInferRequest.newBuilder()
        .setModelName(model)
        .addInputs(
            ModelInferRequest.InferInputTensor.newBuilder()
                .setName("user")
                .setDatatype("BYTES")
                .addShape(1)
                .setContents(
                    InferTensorContents.newBuilder()
                        .addBytesContents(ByteString.copyFromUtf8(user))))
        .build();
  }

  @Test
  void thePythonClientSaysWhichModelScored() throws Exception {
    try (PythonPackage python = PythonPackage.start()) {
      for (String user : List.of("u1", "u3")) {
        JsonNode answer = python.client(served.url(), "ads", List.of(Map.of("user", user)));

        String model = SPLIT.arm(user) == 0 ? "ctr" : "wide";
        assertThat(answer.path("models")).map(JsonNode::asText).containsExactly(model, model);
        assertThat(answer.path("version").asText())
            .isEqualTo((model.equals("ctr") ? CTR : WIDE).toString());
      }
    }
  }

  @Test
  void explanationsAreSplitToo() throws Exception {
    JsonNode answer = served.post("/v1/models/ads:explain", ONE.formatted("u3"));

    assertThat(answer.path("scored_by").asText()).isEqualTo("wide");
    assertThat(score(answer)).isCloseTo(score("wide", "u3"), within(1e-6));
  }

  @Test
  void aVersionOfOneOfThemIsAskedForWhoeverTheUserIs() throws Exception {
    String path = "/v1/models/ads/versions/%s:predict";
    JsonNode answer = served.post(path.formatted(WIDE), ONE.formatted("u1"));

    assertThat(answer.path("scored_by").asText()).isEqualTo("wide");
    assertThat(served.post(path.formatted(NEWER), ONE.formatted("u1")).path("error").asText())
        .isEqualTo("version %s is not served, but %s, %s".formatted(NEWER, CTR, WIDE));
  }

  @Test
  void aRequestOfTwoUsersIsRefused() throws Exception {
    String two = "{'inputs': {'user': ['u1', 'u2']}}";

    assertThat(served.response("/v1/models/ads:predict", two).statusCode()).isEqualTo(400);
    assertThat(served.response("/v1/models/ctr:predict", two).statusCode()).isEqualTo(200);
  }

  @Test
  void statusAndMetadataSayWhatAnswers() throws Exception {
    JsonNode split = served.get("/v1/models/ads").path("split");

    assertThat(split.path("by").asText()).isEqualTo("user");
    assertThat(split.path("arms"))
        .map(JsonNode::toString)
        .containsExactly(
            "{\"model\":\"ctr\",\"version\":\"%s\",\"share\":70.0}".formatted(CTR),
            "{\"model\":\"wide\",\"version\":\"%s\",\"share\":30.0}".formatted(WIDE));
    assertThat(served.get("/v1/models/ctr").has("split")).isFalse();
    assertThat(served.get("/v2/models/ads").path("versions")).hasSize(2);
    assertThat(served.get("/readyz").path("models").path("wide").path("state").asText())
        .isEqualTo("current");
    assertThat(
            served
                .grpc()
                .modelMetadata(ModelMetadataRequest.newBuilder().setName("ads").build())
                .getVersionsList())
        .containsExactly(CTR.toString(), WIDE.toString());
    assertThat(served.grpc().modelReady(ModelReadyRequest.newBuilder().setName("ads").build()))
        .matches(ready -> ready.getReady());
  }

  @Test
  void metricsAreOfEachModel() throws Exception {
    served.post("/v1/models/wide:predict", ONE.formatted("u1"));

    assertThat(served.text("/metrics").lines())
        .contains(
            "freshet_model_checkpoint{model=\"ctr\"} 3.0",
            "freshet_model_checkpoint{model=\"wide\"} 7.0",
            "freshet_model_info{lineage=\"0badbeef\",model=\"wide\",name=\"sample\"} 1",
            "freshet_follower_failing{model=\"wide\"} 0.0")
        .anyMatch(line -> line.matches("freshet_instances_total\\{model=\"wide\"} [1-9].*"));
  }

  @Test
  void aShadowScoresWhatOthersAnswerAndAnswersNobody() throws Exception {
    String two = "{'inputs': {'user': ['u1', 'u2'], 'genres': [['drama']]}}";
    float expected = 0;
    try (SnapshotFollower follower =
        new SnapshotFollower(
            new SnapshotStore(new LocalStorage(folder.resolve("next"))), InstantSource.system())) {
      follower.look();
      try (Scorer scorer = follower.model().orElseThrow().newScorer()) {
        expected += scorer.score(Map.of("user", "u1", "genres", "drama"));
        expected += scorer.score(Map.of("user", "u2", "genres", "drama"));
      }
    }

    JsonNode answer = served.post("/v1/models/shop:predict", two);

    assertThat(answer.path("scored_by").asText()).isEqualTo("ctr");
    assertThat(answer.path("outputs")).hasSize(2);
    served.await(() -> metric("freshet_shadow_instances_total") == 2);
    assertThat(metric("freshet_shadow_scores_total")).isCloseTo(expected, within(1e-6));
    assertThat(metric("freshet_shadow_answered_scores_total"))
        .isCloseTo(
            answer.path("outputs").path(0).asDouble() + answer.path("outputs").path(1).asDouble(),
            within(1e-6));
    assertThat(metric("freshet_shadow_dropped_total")).isZero();
    assertThat(served.text("/metrics"))
        .contains("freshet_instances_total{model=\"next\"} 0.0")
        .doesNotContain("freshet_shadow_instances_total{model=\"ctr\"}");
    assertThat(served.response("/v1/models/next:predict", two).statusCode()).isEqualTo(404);
    JsonNode shadow = served.get("/v1/models/shop").path("split").path("shadows").path(0);
    assertThat(shadow.path("version").asText()).isEqualTo(NEXT.toString());
  }

  private static double metric(String name) {
    try {
      return served
          .text("/metrics")
          .lines()
          .filter(line -> line.startsWith(name + "{model=\"next\"} "))
          .mapToDouble(line -> Double.parseDouble(line.replaceFirst(".* ", "")))
          .sum();
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "v1/models/shop:predict | {'id': 'r', 'instances': [{'features': {'user': 'u1'},"
            + " 'impression_id': 'a'}, {'features': {'user': 'u2'}}]}",
        "v1/models/shop:predict | {'id': 'r', 'inputs': {'user': ['u1', 'u2'], 'impression_id':"
            + " ['a', null]}}",
        "v2/models/shop/infer | {'id': 'r', 'inputs': [{'name': 'user', 'datatype': 'BYTES',"
            + " 'shape': [2], 'data': ['u1', 'u2']}, {'name': 'impression_id', 'datatype': 'BYTES',"
            + " 'shape': [2], 'data': ['a', '']}]}",
        "v2/models/shop/infer | {'id': 'r', 'inputs': [{'name': 'features_json', 'datatype':"
            + " 'BYTES', 'shape': [2], 'data': ['{}', '{}']}, {'name': 'impression_id', 'datatype':"
            + " 'BYTES', 'shape': [2], 'data': ['a', '']}]}"
      })
  void impressionsAreNamedInEveryForm(String path, String body) throws Exception {
    served.forgetScored();

    assertThat(served.response("/" + path, body).statusCode()).isEqualTo(200);

    Scored scored = served.scored();
    assertThat(scored.rows().ids()).containsExactly("a", null);
    assertThat(scored.rows().request()).contains("r");
    assertThat(scored.endpoint()).isEqualTo("shop");
    assertThat(scored.model()).contains("ctr");
    assertThat(scored.version()).isEqualTo(CTR);
    assertThat(scored.scores()).hasSize(2);
    assertThat(scored.shadows().get(new Scored.ShadowVersion("next", NEXT))).hasSize(2);
  }

  @Test
  void impressionsAreNamedOverGrpc() throws Exception {
    served.forgetScored();
    ModelInferRequest user = request("ads", "u1");

    served
        .grpc()
        .modelInfer(
            user.toBuilder()
                .setId("r")
                .addInputs(request("ads", "a").getInputs(0).toBuilder().setName("impression_id"))
                .build());

    Scored scored = served.scored();
    assertThat(scored.rows().ids()).containsExactly("a");
    assertThat(scored.rows().request()).contains("r");
    assertThat(scored.shadows()).isEmpty();
  }

  @Test
  void anImpressionIdThatIsNoneIsRefused() throws Exception {
    String path = "/v1/models/shop:predict";
    String one = "{'instances': [{'features': {}, 'impression_id': %s}]}";

    assertThat(served.post(path, one.formatted("[1]")).path("error").asText())
        .isEqualTo("instances[0].impression_id is no string, number, boolean or null");
    assertThat(served.post(path, one.formatted("'" + "x".repeat(257) + "'")).path("error").asText())
        .isEqualTo("instances[0].impression_id has more than 256 characters");
    assertThat(
            served
                .post(path, "{'inputs': {'user': ['u1', 'u2'], 'impression_id': ['a']}}")
                .path("error")
                .asText())
        .isEqualTo("inputs.impression_id holds 1; expected one for each of 2");
  }
}
