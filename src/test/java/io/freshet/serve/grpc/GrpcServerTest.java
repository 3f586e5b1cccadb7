package io.freshet.serve.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.google.protobuf.ByteString;
import inference.GRPCInferenceServiceGrpc;
import inference.GRPCInferenceServiceGrpc.GRPCInferenceServiceBlockingStub;
import inference.InferTensorContents;
import inference.ModelInferRequest;
import inference.ModelInferRequest.InferInputTensor;
import inference.ModelInferRequest.InferRequestedOutputTensor;
import inference.ModelInferResponse;
import inference.ModelMetadataRequest;
import inference.ModelReadyRequest;
import inference.ServerReadyRequest;
import io.freshet.serve.http.ServeSettings;
import io.freshet.serve.http.ServedSample;
import io.freshet.serve.limit.ConnectionLimits;
import io.freshet.serve.limit.ExplainLimits;
import io.freshet.serve.limit.RequestLimits;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.reflection.v1.ServiceResponse;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class GrpcServerTest {
  private static final ConnectionLimits CONNECTIONS =
      new ConnectionLimits(100, Duration.ofSeconds(65), Duration.ZERO, Duration.ofSeconds(5));
  private static final RequestLimits REQUESTS =
      new RequestLimits(100_000, 100_000, 5, 8, 150_000, Duration.ofSeconds(2));

  @TempDir Path root;
  private ServedSample sample;
  private GrpcServer server;
  private ManagedChannel channel;
  private GRPCInferenceServiceBlockingStub client;

  @BeforeEach
  void start() throws Exception {
    sample =
        new ServedSample(
            root, new ServeSettings("127.0.0.1", 0, REQUESTS, ExplainLimits.DEFAULT, CONNECTIONS));
    server = new GrpcServer(sample.server().service(), "127.0.0.1", 0, CONNECTIONS);
    server.start();
    channel = NettyChannelBuilder.forAddress("127.0.0.1", server.port()).usePlaintext().build();
    client = GRPCInferenceServiceGrpc.newBlockingStub(channel);
  }

  @AfterEach
  void stop() throws Exception {
    channel.shutdownNow();
    server.close();
    sample.close();
  }

  @Test
  void rawAndTypedTensorsAreScoredAsTheScorerScoresTheInstances() {
    ModelInferRequest.Builder typed = ModelInferRequest.newBuilder().setModelName("ctr");
    typed.setId("7").addInputs(input("user", "BYTES", 2, users()));
    typed.addInputs(input("price", "INT32", 2, of().addIntContents(2).addIntContents(-3)));
    ModelInferRequest.Builder raw = ModelInferRequest.newBuilder().setModelName("ctr");
    raw.setModelVersion("3").addInputs(input("user", "BYTES", 2, null));
    raw.addInputs(input("price", "INT64", 2, null));
    raw.addRawInputContents(ByteString.copyFrom(new byte[] {2, 0, 0, 0, 'u', '1', 0, 0, 0, 0}));
    ByteBuffer longs = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
    raw.addRawInputContents(ByteString.copyFrom(longs.putLong(2).putLong(-3).flip()));

    ModelInferResponse answer = client.modelInfer(typed.build());
    ModelInferResponse rawAnswer = client.modelInfer(raw.build());

    List<Float> scores = answer.getOutputs(0).getContents().getFp32ContentsList();
    ByteBuffer bytes =
        rawAnswer.getRawOutputContents(0).asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    float first = sample.score(Map.of("user", "u1", "price", 2));
    float second = sample.score(Map.of("user", "", "price", -3));
    assertThat(scores).hasSize(2);
    assertThat(scores.get(0)).isCloseTo(first, within(1e-6f));
    assertThat(scores.get(1)).isCloseTo(second, within(1e-6f));
    assertThat(bytes.getFloat()).isCloseTo(first, within(1e-6f));
    assertThat(bytes.getFloat()).isCloseTo(second, within(1e-6f));
    assertThat(answer.getId()).isEqualTo("7");
    assertThat(answer.getModelVersion()).isEqualTo("0badcafe-0000000003");
    assertThat(answer.getOutputs(0).getShapeList()).containsExactly(2L);
  }

  @Test
  void readinessAndHealthEndWithTheDrain() throws Exception {
    HealthCheckRequest all = HealthCheckRequest.getDefaultInstance();
    awaitHealth(all, ServingStatus.SERVING);
    assertThat(client.serverReady(ServerReadyRequest.getDefaultInstance()).getReady()).isTrue();
    ModelReadyRequest ctr = ModelReadyRequest.newBuilder().setName("ctr").build();
    assertThat(client.modelReady(ctr).getReady()).isTrue();

    sample.server().drain();

    awaitHealth(all, ServingStatus.NOT_SERVING);
    assertThat(client.serverReady(ServerReadyRequest.getDefaultInstance()).getReady()).isFalse();
    assertThat(client.modelReady(ctr).getReady()).isFalse();
    assertThat(client.modelInfer(one()).getOutputsCount()).isOne();
  }

  @Test
  void theServicesAreListed() throws Exception {
    CompletableFuture<ServerReflectionResponse> answer = new CompletableFuture<>();
    StreamObserver<ServerReflectionRequest> call =
        ServerReflectionGrpc.newStub(channel)
            .serverReflectionInfo(
                new StreamObserver<>() {
                  @Override
                  public void onNext(ServerReflectionResponse response) {
                    answer.complete(response);
                  }

                  @Override
                  public void onError(Throwable failure) {
                    answer.completeExceptionally(failure);
                  }

                  @Override
                  public void onCompleted() {}
                });
    call.onNext(ServerReflectionRequest.newBuilder().setListServices("").build());

    assertThat(answer.get(20, TimeUnit.SECONDS).getListServicesResponse().getServiceList())
        .extracting(ServiceResponse::getName)
        .contains("inference.GRPCInferenceService", "grpc.health.v1.Health");
    call.onCompleted();
  }

  @Test
  void whatIsWrongHasItsStatus() {
    assertRefused(one().toBuilder().setModelName("x").build(), "NOT_FOUND: no model \"x\" is");
    assertRefused(
        one().toBuilder().setModelVersion("9").build(), "NOT_FOUND: version 9 is not served");
    assertRefused(
        one().toBuilder().addOutputs(InferRequestedOutputTensor.newBuilder().setName("y")).build(),
        "INVALID_ARGUMENT: there is no output \"y\"");
    assertRefused(
        request(input("price", "FP32", 1, of().addFp32Contents(Float.NaN))),
        "INVALID_ARGUMENT: instances[0].features.price: NaN");
    assertRefused(
        request(input("user", "BYTES", 1, of().addBytesContents(bytes(0xC3)))),
        "INVALID_ARGUMENT: inputs[0] holds bytes that are no UTF-8");
    assertRefused(
        request(input("user", "UINT64", 1, of().addUint64Contents(-1))),
        "INVALID_ARGUMENT: inputs[0]: 18446744073709551615 is too large");
    assertRefused(
        request(
            input("user", "INT64", 6, of().addAllInt64Contents(List.of(1L, 2L, 3L, 4L, 5L, 6L)))),
        "INVALID_ARGUMENT: inputs.user holds more than 5");
    assertRefused(
        raw(ByteString.EMPTY, ByteString.EMPTY),
        "INVALID_ARGUMENT: raw_input_contents holds 2; expected one for each of the 1 inputs");
    assertRefused(
        raw(bytes(9, 0, 0, 0, 'u')),
        "INVALID_ARGUMENT: inputs[0]: an element of 9 bytes begins at byte 4");
    assertRefused(
        raw(bytes(255, 255, 255, 255)),
        "INVALID_ARGUMENT: inputs[0]: an element of 4294967295 bytes begins");
    assertThatThrownBy(
            () -> client.modelMetadata(ModelMetadataRequest.newBuilder().setName("x").build()))
        .hasMessageStartingWith("NOT_FOUND");
  }

  @Test
  void aCompressedMessageIsReadUpToTheLimitOfOne() throws Exception {
    assertThat(client.withCompression("gzip").modelInfer(one()).getOutputsCount()).isOne();
    ModelInferRequest bomb = one().toBuilder().setId("x".repeat(200_000)).build();

    assertThatThrownBy(() -> client.withCompression("gzip").modelInfer(bomb))
        .isInstanceOf(StatusRuntimeException.class)
        .hasMessageStartingWith("UNKNOWN"); // grpc-java parses where nobody can say more
    while (held() > 0) {
      Thread.sleep(10);
    }
    assertThat(client.modelInfer(one()).getOutputsCount()).isOne();
  }

  @Test
  void inferencesAreCountedAsPredictionsAre() throws Exception {
    client.modelInfer(one());
    assertRefused(one().toBuilder().setModelName("x").build(), "NOT_FOUND");

    assertThat(sample.metrics())
        .contains(
            "freshet_instances_total{model=\"ctr\"} 1.0",
            "freshet_requests_total{code=\"200\"} 1.0",
            "freshet_requests_total{code=\"404\"} 1.0");
    while (held() > 0) {
      Thread.sleep(10); // given back once the response has gone
    }
  }

  @Test
  void bytesBeyondTheBudgetAreRefusedAndGivenBack() throws Exception {
    List<ClientCall<ModelInferRequest, ModelInferResponse>> calls =
        List.of(unfinished(), unfinished()); // of which the second is refused
    while (held() < 80_000) {
      Thread.sleep(10);
    }

    assertRefused(large(), "RESOURCE_EXHAUSTED: the bodies in flight hold 150000 bytes");
    calls.forEach(call -> call.cancel("enough", null));
    while (held() > 0) {
      Thread.sleep(10);
    }
    assertThat(client.modelInfer(large()).getOutputsCount()).isOne();
  }

  @Test
  void aMessageThatDoesNotComeWholeIsNotWaitedForLong() throws Exception {
    CompletableFuture<Status> end = new CompletableFuture<>();
    ClientCall<ModelInferRequest, ModelInferResponse> call =
        channel.newCall(GRPCInferenceServiceGrpc.getModelInferMethod(), CallOptions.DEFAULT);
    call.start(
        new ClientCall.Listener<>() {
          @Override
          public void onClose(Status status, Metadata trailers) {
            end.complete(status);
          }
        },
        new Metadata());
    call.sendMessage(one()); // and no end

    assertThat(end.get(20, TimeUnit.SECONDS).getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
  }

  @Test
  void aPortThatIsTakenIsSaid() throws Exception {
    try (GrpcServer second =
        new GrpcServer(sample.server().service(), "127.0.0.1", server.port(), CONNECTIONS)) {
      assertThatThrownBy(second::start)
          .isInstanceOf(IOException.class)
          .hasMessageStartingWith("cannot listen at 127.0.0.1:" + server.port());
    }
  }

  /** The bytes that all requests hold. */
  private double held() throws Exception {
    return sample
        .metrics()
        .lines()
        .filter(line -> line.startsWith("freshet_request_bytes "))
        .mapToDouble(line -> Double.parseDouble(line.split(" ")[1]))
        .findFirst()
        .orElseThrow();
  }

  /** A call that has sent 80,000 bytes and not its end. */
  private ClientCall<ModelInferRequest, ModelInferResponse> unfinished() {
    ClientCall<ModelInferRequest, ModelInferResponse> call =
        channel.newCall(GRPCInferenceServiceGrpc.getModelInferMethod(), CallOptions.DEFAULT);
    call.start(new ClientCall.Listener<>() {}, new Metadata());
    call.sendMessage(large());
    return call;
  }

  private static ModelInferRequest large() {
    return one().toBuilder().setId("x".repeat(80_000)).build();
  }

  private void awaitHealth(HealthCheckRequest request, ServingStatus status) throws Exception {
    while (HealthGrpc.newBlockingStub(channel).check(request).getStatus() != status) {
      Thread.sleep(10);
    }
  }

  private void assertRefused(ModelInferRequest request, String reason) {
    assertThatThrownBy(() -> client.modelInfer(request))
        .isInstanceOf(StatusRuntimeException.class)
        .hasMessageStartingWith(reason);
  }

  private static ModelInferRequest one() {
    return request(input("user", "BYTES", 1, of().addBytesContents(bytes('u', '1'))));
  }

  private static ModelInferRequest request(InferInputTensor input) {
    return ModelInferRequest.newBuilder().setModelName("ctr").addInputs(input).build();
  }

  private static ModelInferRequest raw(ByteString... contents) {
    return ModelInferRequest.newBuilder()
        .setModelName("ctr")
        .addInputs(input("user", "BYTES", 1, null))
        .addAllRawInputContents(List.of(contents))
        .build();
  }

  private static InferInputTensor input(
      String name, String datatype, long size, InferTensorContents.Builder contents) {
    InferInputTensor.Builder input =
        InferInputTensor.newBuilder().setName(name).setDatatype(datatype).addShape(size);
    return contents == null ? input.build() : input.setContents(contents).build();
  }

  private static InferTensorContents.Builder of() {
    return InferTensorContents.newBuilder();
  }

  private static InferTensorContents.Builder users() {
    return of().addBytesContents(bytes('u', '1')).addBytesContents(ByteString.EMPTY);
  }

  private static ByteString bytes(int... bytes) {
    ByteString.Output out = ByteString.newOutput();
    for (int b : bytes) {
      out.write(b);
    }
    return out.toByteString();
  }
}
