package io.freshet.serve.models;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import inference.GRPCInferenceServiceGrpc;
import inference.GRPCInferenceServiceGrpc.GRPCInferenceServiceBlockingStub;
import io.freshet.serve.grpc.GrpcServer;
import io.freshet.serve.http.ModelServer;
import io.freshet.serve.http.ServeSettings;
import io.freshet.serve.http.ServedSample;
import io.freshet.serve.limit.ConnectionLimits;
import io.freshet.serve.limit.ExplainLimits;
import io.freshet.serve.limit.RequestLimits;
import io.freshet.serve.predict.Scored;
import io.freshet.snapshot.storage.LocalStorage;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** A server of HTTP and gRPC with the models of a file, and a client of both. */
final class ServedModelsFile implements AutoCloseable {
  static final Duration POLL = Duration.ofMillis(20);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final BlockingQueue<Scored> scored = new LinkedBlockingQueue<>();
  private final HttpClient client = HttpClient.newHttpClient();
  private final OpenModels open = new OpenModels(new ModelOpener(LocalStorage::at));
  private final ModelServer server;
  private final GrpcServer grpc;
  private final ModelsFile follower;
  private final ManagedChannel channel;

  ServedModelsFile(Path file) throws IOException {
    ConnectionLimits connections =
        new ConnectionLimits(100, Duration.ofSeconds(65), Duration.ZERO, Duration.ofSeconds(5));
    ModelsSpec spec = ModelsSpec.read(file);
    server =
        new ModelServer(
            open.set(spec),
            new ServeSettings(
                "127.0.0.1", 0, RequestLimits.DEFAULT, ExplainLimits.DEFAULT, connections));
    grpc = new GrpcServer(server.service(), "127.0.0.1", 0, connections);
    server.service().writeTo(scored::add);
    server.start();
    grpc.start();
    open.start(POLL);
    follower = new ModelsFile(file, spec, open, server.service(), POLL, Duration.ofMillis(300));
    follower.start();
    channel = ManagedChannelBuilder.forAddress("127.0.0.1", grpc.port()).usePlaintext().build();
  }

  /** Takes what was answered last, once shadows have scored it. */
  Scored scored() throws InterruptedException {
    Scored last = scored.poll(10, TimeUnit.SECONDS);
    return requireNonNull(last, "nothing was answered");
  }

  void forgetScored() {
    scored.clear();
  }

  GRPCInferenceServiceBlockingStub grpc() {
    return GRPCInferenceServiceGrpc.newBlockingStub(channel);
  }

  /** Waits until the server is ready. */
  void awaitReady() throws IOException, InterruptedException {
    long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (!get("/readyz").path("ready").asBoolean()) {
      if (System.nanoTime() > end) {
        throw new AssertionError("not ready: " + get("/readyz"));
      }
      Thread.sleep(10);
    }
  }

  /** Waits until the file is served as it is, and for no problem in it. */
  void awaitReloads(long count) throws InterruptedException {
    await(() -> server.service().reloads().reloads() == count);
  }

  /** Waits for a problem of the file. */
  void awaitProblem(String part) throws InterruptedException {
    await(() -> server.service().reloads().problem().filter(p -> p.contains(part)).isPresent());
  }

  void await(BooleanSupplier condition) throws InterruptedException {
    long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new AssertionError("still " + server.service().reloads());
      }
      Thread.sleep(5);
    }
  }

  JsonNode get(String path) throws IOException, InterruptedException {
    return JSON.readTree(text(path));
  }

  String text(String path) throws IOException, InterruptedException {
    return send(HttpRequest.newBuilder(uri(path)).build()).body();
  }

  /** Posts JSON with single quotes for double ones. */
  JsonNode post(String path, String body) throws IOException, InterruptedException {
    return JSON.readTree(response(path, body).body());
  }

  HttpResponse<String> response(String path, String body) throws IOException, InterruptedException {
    return send(
        HttpRequest.newBuilder(uri(path))
            .POST(HttpRequest.BodyPublishers.ofString(body.replace('\'', '"')))
            .build());
  }

  private HttpResponse<String> send(HttpRequest request) throws IOException, InterruptedException {
    return client.send(request, HttpResponse.BodyHandlers.ofString());
  }

  String url() {
    return uri("").toString();
  }

  private URI uri(String path) {
    return URI.create("http://127.0.0.1:%s%s".formatted(server.address().getPort(), path));
  }

  @Override
  public void close() throws IOException {
    channel.shutdownNow();
    follower.close();
    grpc.close();
    ServedSample.stop(server, client);
    open.close();
  }
}
