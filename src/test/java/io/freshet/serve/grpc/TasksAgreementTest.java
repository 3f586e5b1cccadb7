package io.freshet.serve.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.ByteString;
import inference.GRPCInferenceServiceGrpc;
import inference.GRPCInferenceServiceGrpc.GRPCInferenceServiceBlockingStub;
import inference.InferTensorContents;
import inference.ModelInferRequest;
import inference.ModelInferRequest.InferInputTensor;
import inference.ModelInferRequest.InferRequestedOutputTensor;
import inference.ModelInferResponse;
import inference.ModelInferResponse.InferOutputTensor;
import inference.ModelMetadataRequest;
import inference.ModelMetadataResponse.TensorMetadata;
import io.freshet.serve.follow.PythonPackage;
import io.freshet.serve.http.ServedSample;
import io.freshet.serve.limit.ConnectionLimits;
import io.freshet.serve.model.SampleModel;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A model of several tasks has one probability of each, whatever the protocol. */
@Timeout(60)
class TasksAgreementTest {
  private static final String USERS =
      "'inputs': [{'name': 'user', 'datatype': 'BYTES', 'shape': [2], 'data': ['u1', 'u2']}]";

  @TempDir Path root;
  private ServedSample sample;
  private GrpcServer server;
  private ManagedChannel channel;
  private GRPCInferenceServiceBlockingStub grpc;
  private float[] first; // by task, of the first instance
  private float[] second;

  @BeforeEach
  void start() throws Exception {
    List<Long> rows = List.of(3L << 52 | 1, 1L << 52);
    SampleModel.ofTasks(root).full(ServedSample.VERSION, 0.25f, 0.125f, rows);
    sample = new ServedSample(root);
    server = new GrpcServer(sample.server().service(), "127.0.0.1", 0, ConnectionLimits.DEFAULT);
    server.start();
    channel = NettyChannelBuilder.forAddress("127.0.0.1", server.port()).usePlaintext().build();
    grpc = GRPCInferenceServiceGrpc.newBlockingStub(channel);
    first = sample.scoreTasks(Map.of("user", "u1"));
    second = sample.scoreTasks(Map.of("user", "u2"));
    assertThat(first[1]).isPositive().isLessThan(first[0]);
  }

  @AfterEach
  void stop() throws Exception {
    channel.shutdownNow();
    server.close();
    sample.close();
  }

  @Test
  void v1AnswersAnObjectAnInstance() throws Exception {
    JsonNode rows =
        sample
            .post(
                "/v1/models/ctr:predict",
                "{'instances': [{'features': {'user': 'u1'}}, {'features': {'user': 'u2'}}]}")
            .body();
    JsonNode columns =
        sample.post("/v1/models/ctr:predict", "{'inputs': {'user': ['u1', 'u2']}}").body();

    for (JsonNode answer : List.of(rows.path("predictions"), columns.path("outputs"))) {
      assertThat(answer).hasSize(2);
      assertThat(answer.get(0).fieldNames()).toIterable().containsExactly("click", "purchase");
      assertScores(List.of(answer.get(0).get("click"), answer.get(1).get("click")), 0);
      assertScores(List.of(answer.get(0).get("purchase"), answer.get(1).get("purchase")), 1);
    }
    JsonNode tasks = sample.get("/v1/models/ctr/metadata").body().at("/model/tasks");
    assertThat(tasks.findValuesAsText("name")).containsExactly("click", "purchase");
  }

  @Test
  void theLogitOfEachTaskIsExplained() throws Exception {
    String body = "{%s'instances': [{'features': {'user': 'u1'}}, {'features': {'user': 'u2'}}]}";

    JsonNode click = sample.post("/v1/models/ctr:explain", body.formatted("")).body();
    JsonNode same =
        sample.post("/v1/models/ctr:explain", body.formatted("'task': 'click', ")).body();
    JsonNode purchase =
        sample.post("/v1/models/ctr:explain", body.formatted("'task': 'purchase', ")).body();

    assertThat(same).isEqualTo(click);
    assertThat(click.path("task").asText()).isEqualTo("click");
    assertThat(purchase.path("task").asText()).isEqualTo("purchase");
    assertThat(purchase.path("predictions")).isEqualTo(click.path("predictions"));
    double given = probability(click, 0);
    assertThat(given).isCloseTo(first[0], within(1e-6));
    assertThat(given * probability(purchase, 0)).isCloseTo(first[1], within(1e-6));
    assertThat(purchase.at("/explanations/0/offset").asDouble()).isEqualTo(-2);
    assertThat(purchase.at("/explanations/0/experts")).hasSize(1);
    assertThat(click.at("/explanations/0/experts")).hasSize(3);
    assertThat(sample.post("/v1/models/ctr:explain", body.formatted("'task': 'like', ")).error())
        .isEqualTo("there is no task \"like\"; expected click, purchase");
    assertThat(sample.post("/v1/models/ctr:explain", body.formatted("'task': 7, ")).error())
        .startsWith("task is no string");
  }

  private static double probability(JsonNode explained, int instance) {
    return explained.path("explanations").get(instance).path("probability").asDouble();
  }

  @Test
  void v2AnswersATensorATask() throws Exception {
    JsonNode all = sample.post("/v2/models/ctr/infer", "{" + USERS + "}").body().path("outputs");
    JsonNode one =
        sample
            .post("/v2/models/ctr/infer", "{" + USERS + ", 'outputs': [{'name': 'purchase'}]}")
            .body()
            .path("outputs");
    JsonNode outputs = sample.get("/v2/models/ctr").body().path("outputs");

    assertThat(all.findValuesAsText("name")).containsExactly("click", "purchase");
    assertThat(all.at("/1/shape").toString()).isEqualTo("[2]");
    assertScores(all.at("/0/data"), 0);
    assertScores(all.at("/1/data"), 1);
    assertThat(one.findValuesAsText("name")).containsExactly("purchase");
    assertScores(one.at("/0/data"), 1);
    assertThat(outputs.findValuesAsText("name")).containsExactly("click", "purchase");
    assertThat(
            sample
                .post("/v2/models/ctr/infer", "{" + USERS + ", 'outputs': [{'name': 'like'}]}")
                .error())
        .isEqualTo("there is no output \"like\"; expected click, purchase");
  }

  @Test
  void grpcAnswersATensorATask() {
    ModelInferRequest typed =
        request(
                InferTensorContents.newBuilder()
                    .addBytesContents(ByteString.copyFromUtf8("u1"))
                    .addBytesContents(ByteString.copyFromUtf8("u2"))
                    .build())
            .build();
    byte[] raw = {2, 0, 0, 0, 'u', '1', 2, 0, 0, 0, 'u', '2'};

    ModelInferResponse answer = grpc.modelInfer(typed);
    ModelInferResponse rawAnswer =
        grpc.modelInfer(
            request(null)
                .addRawInputContents(ByteString.copyFrom(raw))
                .addOutputs(InferRequestedOutputTensor.newBuilder().setName("purchase"))
                .addOutputs(InferRequestedOutputTensor.newBuilder().setName("click"))
                .build());

    assertThat(answer.getOutputsList())
        .extracting(InferOutputTensor::getName)
        .containsExactly("click", "purchase");
    for (int task = 0; task < 2; task++) {
      List<Float> scores = answer.getOutputs(task).getContents().getFp32ContentsList();
      assertThat(scores.get(0)).isCloseTo(first[task], within(1e-6f));
      assertThat(scores.get(1)).isCloseTo(second[task], within(1e-6f));
      var bytes = rawAnswer.getRawOutputContents(1 - task).asReadOnlyByteBuffer();
      bytes.order(ByteOrder.LITTLE_ENDIAN);
      assertThat(bytes.getFloat()).isCloseTo(first[task], within(1e-6f));
    }
    assertThat(rawAnswer.getOutputsList())
        .extracting(InferOutputTensor::getName)
        .containsExactly("purchase", "click");
    assertThat(
            grpc.modelMetadata(ModelMetadataRequest.newBuilder().setName("ctr").build())
                .getOutputsList())
        .extracting(TensorMetadata::getName)
        .containsExactly("click", "purchase");
    ModelInferRequest wrong =
        typed.toBuilder()
            .addOutputs(InferRequestedOutputTensor.newBuilder().setName("like"))
            .build();
    assertThatThrownBy(() -> grpc.modelInfer(wrong))
        .hasMessage("INVALID_ARGUMENT: there is no output \"like\"; expected click, purchase");
  }

  @Test
  void pythonsClientHasTheTasksOfV2() throws Exception {
    try (PythonPackage python = PythonPackage.start()) {
      List<Map<String, ?>> instances = List.of(Map.of("user", "u1"), Map.of("user", "u2"));

      JsonNode answer = python.client(sample.uri("").toString(), "ctr", instances);

      assertThat(answer.path("error").asText()).isEmpty();
      assertScores(answer.path("v2"), 0);
      assertThat(answer.at("/last_task/1/offset").asDouble()).isEqualTo(-2);
      assertScores(answer.at("/tasks_v2/click"), 0);
      assertScores(answer.at("/tasks_v2/purchase"), 1);
    }
  }

  private void assertScores(Iterable<JsonNode> found, int task) {
    assertThat(found).hasSize(2);
    float[] expected = {first[task], second[task]};
    int i = 0;
    for (JsonNode score : found) {
      assertThat(score.floatValue()).isCloseTo(expected[i++], within(1e-6f));
    }
  }

  /** Two users; without contents where those are raw. */
  private static ModelInferRequest.Builder request(InferTensorContents contents) {
    InferInputTensor.Builder users =
        InferInputTensor.newBuilder().setName("user").setDatatype("BYTES").addShape(2);
    if (contents != null) {
      users.setContents(contents);
    }
    return ModelInferRequest.newBuilder().setModelName("ctr").addInputs(users);
  }
}
