package io.freshet.serve.grpc;

import inference.GRPCInferenceServiceGrpc.GRPCInferenceServiceImplBase;
import inference.ModelInferRequest;
import inference.ModelInferRequest.InferRequestedOutputTensor;
import inference.ModelInferResponse;
import inference.ModelMetadataRequest;
import inference.ModelMetadataResponse;
import inference.ModelReadyRequest;
import inference.ModelReadyResponse;
import inference.ServerLiveRequest;
import inference.ServerLiveResponse;
import inference.ServerMetadataRequest;
import inference.ServerMetadataResponse;
import inference.ServerReadyRequest;
import inference.ServerReadyResponse;
import io.freshet.serve.model.ServedModel;
import io.freshet.serve.predict.Endpoint;
import io.freshet.serve.predict.Instances;
import io.freshet.serve.predict.ModelService;
import io.freshet.serve.predict.Question;
import io.freshet.serve.request.HttpError;
import io.freshet.serve.tensor.FeatureTensors;
import io.freshet.serve.tensor.Signature;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers the calls of the protocol. An inference takes of the same places and processors as a
 * prediction over HTTP, and is counted with the status that it would have there.
 */
final class InferenceService extends GRPCInferenceServiceImplBase {
  private static final Logger LOG = LoggerFactory.getLogger(InferenceService.class);

  private final ModelService service;

  InferenceService(ModelService service) {
    this.service = service;
  }

  /** What makes an answer. */
  private interface Attempt<A> {
    A answer() throws HttpError, InterruptedException;
  }

  /**
   * Answers a call, whatever becomes of the attempt.
   *
   * @param counter of the status that HTTP would have, before the answer is sent
   */
  private static <A> void respond(StreamObserver<A> call, IntConsumer counter, Attempt<A> attempt) {
    try {
      A answer = attempt.answer();
      counter.accept(200);
      call.onNext(answer);
      call.onCompleted();
    } catch (HttpError e) {
      refuse(call, counter, e.status(), e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      refuse(call, counter, 503, "the server is stopping");
    } catch (OutOfMemoryError e) {
      LOG.error("a call failed", e);
      refuse(call, counter, 503, "the server has too little memory; send less at once");
    } catch (Throwable e) {
      LOG.error("a call failed", e);
      refuse(call, counter, 500, "internal error: " + e);
    }
  }

  private static <A> void respond(StreamObserver<A> call, Attempt<A> attempt) {
    respond(call, status -> {}, attempt);
  }

  private static void refuse(
      StreamObserver<?> call, IntConsumer counter, int status, String reason) {
    counter.accept(status);
    call.onError(status(status).withDescription(reason).asException());
  }

  private static Status status(int http) {
    return switch (http) {
      case 400, 413 -> Status.INVALID_ARGUMENT;
      case 404 -> Status.NOT_FOUND;
      case 429 -> Status.RESOURCE_EXHAUSTED;
      case 503 -> Status.UNAVAILABLE;
      default -> Status.INTERNAL;
    };
  }

  @Override
  public void serverLive(ServerLiveRequest request, StreamObserver<ServerLiveResponse> call) {
    respond(call, () -> ServerLiveResponse.newBuilder().setLive(true).build());
  }

  @Override
  public void serverReady(ServerReadyRequest request, StreamObserver<ServerReadyResponse> call) {
    boolean isReady = service.readiness().isReady();
    respond(call, () -> ServerReadyResponse.newBuilder().setReady(isReady).build());
  }

  @Override
  public void modelReady(ModelReadyRequest request, StreamObserver<ModelReadyResponse> call) {
    respond(
        call,
        () -> {
          Endpoint endpoint = endpoint(request.getName(), request.getVersion());
          boolean isReady = service.readiness().obstacle(endpoint).isEmpty();
          return ModelReadyResponse.newBuilder().setReady(isReady).build();
        });
  }

  @Override
  public void serverMetadata(
      ServerMetadataRequest request, StreamObserver<ServerMetadataResponse> call) {
    respond(
        call,
        () ->
            ServerMetadataResponse.newBuilder()
                .setName(Signature.PLATFORM)
                .setVersion(Signature.serverVersion())
                .build());
  }

  @Override
  public void modelMetadata(
      ModelMetadataRequest request, StreamObserver<ModelMetadataResponse> call) {
    respond(
        call,
        () -> {
          Endpoint endpoint = endpoint(request.getName(), request.getVersion());
          ServedModel model = endpoint.arm(version(request.getVersion())).model();
          return Responses.metadata(request.getName(), model, endpoint.versions());
        });
  }

  /** What answers to a name; refused where it has not the version. */
  private Endpoint endpoint(String name, String version) throws HttpError {
    Endpoint endpoint = service.models().endpoint(name);
    endpoint.arm(version(version));
    return endpoint;
  }

  private static Optional<String> version(String version) {
    return Optional.of(version).filter(text -> !text.isEmpty());
  }

  @Override
  public void modelInfer(ModelInferRequest request, StreamObserver<ModelInferResponse> call) {
    long start = System.nanoTime();
    respond(
        call,
        status -> service.metrics().answered(status, Duration.ofNanos(System.nanoTime() - start)),
        () -> {
          String name = request.getModelName();
          Optional<String> version = version(request.getModelVersion());
          endpoint(name, request.getModelVersion());
          int bytes = request.getSerializedSize();
          return service.inPlace(
              false,
              () -> service.answer(name, version, bytes, deadline(start), question(request)));
        });
  }

  /** The server's own, or the client's where that is earlier. */
  private long deadline(long start) {
    long own = start + service.requests().time().toNanos();
    Deadline clients = Context.current().getDeadline();
    return clients == null
        ? own
        : Math.min(own, System.nanoTime() + clients.timeRemaining(TimeUnit.NANOSECONDS));
  }

  private Question<ModelInferResponse> question(ModelInferRequest request) {
    return names -> {
      List<String> asked =
          request.getOutputsList().stream().map(InferRequestedOutputTensor::getName).toList();
      return new Instances<>(
          FeatureTensors.read(RequestTensors.read(request), names, service.requests().instances())
              .of(Optional.of(request.getId()).filter(id -> !id.isEmpty())),
          (scoring, examples) -> {
            List<Integer> outputs = Signature.chosen(asked, scoring.model().tasks().names());
            float[][] scores = scoring.scoreTasks(examples);
            return Responses.predictions(request, outputs, scores, scoring);
          });
    };
  }
}
