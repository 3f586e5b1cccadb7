package io.freshet.serve.grpc;

import io.freshet.serve.limit.ConnectionLimits;
import io.freshet.serve.predict.ModelService;
import io.grpc.Server;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Serves over gRPC what a server of HTTP serves, within the same budgets: {@code
 * inference.GRPCInferenceService}, the standard health service, and reflection.
 */
public final class GrpcServer implements AutoCloseable {
  private static final int OTHER_THREADS = 8; // for all but what holds a place
  private static final Duration HEALTH_PAUSE = Duration.ofMillis(100);
  private static final Duration LEAST_KEEP_ALIVE = Duration.ofSeconds(10);

  private final ModelService service;
  private final ConnectionLimits connections;
  private final InetSocketAddress address;
  private final HealthStatusManager health = new HealthStatusManager();
  private final ThreadPoolExecutor threads;
  private final ScheduledExecutorService scheduler =
      Executors.newSingleThreadScheduledExecutor(task -> daemon(task, "grpc-timer"));
  private final Server server;

  /** A server next to that of HTTP, on another port; 0 for any free one. */
  public GrpcServer(ModelService service, String bind, int port, ConnectionLimits connections) {
    this.service = service;
    this.connections = connections;
    address = new InetSocketAddress(bind, port);
    int most = service.requests().waiting() + OTHER_THREADS;
    threads =
        new ThreadPoolExecutor(
            most,
            most,
            1,
            TimeUnit.MINUTES,
            new LinkedBlockingQueue<>(),
            task -> daemon(task, "grpc"));
    threads.allowCoreThreadTimeOut(true);
    server =
        NettyServerBuilder.forAddress(address)
            .executor(threads)
            .maxInboundMessageSize(service.requests().bodyBytes())
            .maxConcurrentCallsPerConnection(service.requests().waiting())
            .maxConnectionIdle(connections.idle().toSeconds(), TimeUnit.SECONDS)
            .permitKeepAliveTime(LEAST_KEEP_ALIVE.toSeconds(), TimeUnit.SECONDS)
            .permitKeepAliveWithoutCalls(true)
            .addStreamTracerFactory(BudgetTracer.factory(service.budget()))
            .intercept(new BodyTimeout(scheduler, service.requests().time()))
            .addService(new InferenceService(service))
            .addService(health.getHealthService())
            .addService(ProtoReflectionServiceV1.newInstance())
            .build();
  }

  private static Thread daemon(Runnable task, String name) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    return thread;
  }

  /**
   * Starts to listen.
   *
   * @throws IOException where the address cannot be had
   */
  public void start() throws IOException {
    try {
      server.start();
    } catch (IOException e) {
      throw new IOException(
          "cannot listen at %s:%s: %s"
              .formatted(address.getHostString(), address.getPort(), e.getMessage()),
          e);
    }
    scheduler.scheduleWithFixedDelay(
        this::tellHealth, 0, HEALTH_PAUSE.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void tellHealth() {
    ServingStatus status =
        service.readiness().isReady() ? ServingStatus.SERVING : ServingStatus.NOT_SERVING;
    health.setStatus(HealthStatusManager.SERVICE_NAME_ALL_SERVICES, status);
    health.setStatus("inference.GRPCInferenceService", status);
  }

  public int port() {
    return server.getPort();
  }

  /** Tells clients to go elsewhere, answers the calls in flight, then stops. */
  @Override
  public void close() {
    scheduler.shutdownNow();
    health.enterTerminalState();
    server.shutdown();
    try {
      server.awaitTermination(connections.stop().toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    server.shutdownNow();
    threads.shutdown();
  }
}
