package io.freshet.serve.http;

import io.freshet.serve.follow.SnapshotFollower;
import io.freshet.serve.http.v1.ModelJson;
import io.freshet.serve.http.v1.V1;
import io.freshet.serve.predict.ModelService;
import io.freshet.serve.predict.ModelSet;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.server.handler.GracefulHandler;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/**
 * Serves followed models over HTTP, by the REST protocols of KServe v1 and TensorFlow Serving, and
 * of KServe v2, the Open Inference Protocol.
 *
 * <pre>
 * POST /v1/models/{name}:predict     {"instances": [{"features": {…}}, …]}; see package v1
 * POST /v1/models/{name}:explain     the same, with what each field adds to the logit
 * GET  /v1/models                    the names
 * GET  /v1/models/{name}             version, event time, freshness, rows, shape
 * GET  /v1/models/{name}/metadata    the features, the rule for unknown ids, metrics
 * POST /v2/models/{name}/infer       {"inputs": [{"name": …, "shape": …, …}]}; see package v2
 * GET  /v2/models/{name}[/ready]     its tensors; whether it is ready
 * GET  /v2, /v2/health/live, /v2/health/ready
 * GET  /livez or /healthz, /readyz, /metrics
 * </pre>
 *
 * <p>400 with the path of the mistake, 408 for a body that does not come in time, 413 for too much,
 * 429 for too many at once, 503 before the first model and for what takes too long. A stop answers
 * what is in flight and takes no more.
 */
public final class ModelServer implements AutoCloseable {
  private static final int OTHER_THREADS = 16; // Jetty's own, and those for all but predictions

  /** How long a connection without a request may stay once the server stops. */
  private static final Duration IDLE_AT_STOP = Duration.ofMillis(500);

  private final Server server;
  private final ServerConnector connector;
  private final ServeSettings settings;
  private final ModelService service;
  private volatile boolean closing;

  /** A server of what the follower holds; the follower is its owner's to start and close. */
  public ModelServer(SnapshotFollower follower, Optional<String> name, ServeSettings settings) {
    this(ModelSet.of(follower, name), settings);
  }

  /** A server of these models; their followers are their owner's to start and close. */
  public ModelServer(ModelSet models, ServeSettings settings) {
    this.settings = settings;
    service = new ModelService(models, settings.requests(), settings.explain());
    QueuedThreadPool threads =
        new QueuedThreadPool(settings.requests().waiting() + OTHER_THREADS, OTHER_THREADS / 2);
    threads.setName("serve");
    server = new Server(threads);
    connector = new ServerConnector(server, new HttpConnectionFactory(http(settings)));
    connector.setHost(settings.bind());
    connector.setPort(settings.port());
    connector.setIdleTimeout(settings.connections().idle().toMillis());
    connector.setShutdownIdleTimeout(IDLE_AT_STOP.toMillis());
    server.addConnector(connector);
    server.addBean(new NetworkConnectionLimit(settings.connections().most(), connector));
    server.addBean(new SlowHeaders(connector, settings.requests().time()));
    server.setErrorHandler(ModelServer::sendError);
    server.setStopTimeout(settings.connections().stop().toMillis());
    server.setHandler(
        new GracefulHandler(new ModelHandler(service, settings.bind(), InstantSource.system())));
  }

  private static HttpConfiguration http(ServeSettings settings) {
    HttpConfiguration http = new HttpConfiguration();
    http.setIdleTimeout(settings.requests().time().toMillis()); // within a request
    http.setSendServerVersion(false);
    return http;
  }

  /** Answers what never came to the handler: broken HTTP, or a server that stops. */
  private static boolean sendError(Request request, Response response, Callback callback) {
    Object reason = request.getAttribute(ErrorHandler.ERROR_MESSAGE);
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/json");
    byte[] body = ModelJson.error(Objects.toString(reason, "status " + response.getStatus()));
    response.write(true, ByteBuffer.wrap(body), callback);
    return true;
  }

  /**
   * Starts to listen, and to be ready once the first model is warm.
   *
   * @throws IOException where the address cannot be had
   */
  public void start() throws IOException {
    try {
      server.start();
    } catch (Exception e) {
      throw new IOException(
          "cannot listen at %s:%s: %s".formatted(settings.bind(), settings.port(), e.getMessage()),
          e);
    }
    service.readiness().warmUpWith(new V1(service)::warmUp);
  }

  /** What servers of other protocols have in common with this one. */
  public ModelService service() {
    return service;
  }

  /** Where it listens. */
  public InetSocketAddress address() {
    return new InetSocketAddress(settings.bind(), connector.getLocalPort());
  }

  /** Waits until the server is stopped. */
  public void join() throws InterruptedException {
    server.join();
  }

  /**
   * Calls itself not ready, and goes on answering for as long as balancers may need to notice. Each
   * answer ends its connection, so that no request is on its way into one that a stop closes. A
   * server that has not been ready does not wait.
   */
  public void drain() throws InterruptedException {
    if (service.readiness().end()) {
      Thread.sleep(settings.connections().drain().toMillis());
    }
  }

  /** Answers what is in flight, then stops. */
  @Override
  public void close() throws IOException {
    service.readiness().end();
    closing = true;
    connector.getScheduler().schedule(this::endIdleConnections, 0, TimeUnit.MILLISECONDS);
    try {
      server.stop();
    } catch (Exception e) {
      throw new IOException("the server did not stop in order: " + e.getMessage(), e);
    }
  }

  /**
   * Shortens the idle time of all connections, again and again until the server has stopped. Jetty
   * does so once, as a stop begins; a request that ends just then gives its connection back the
   * idle time from before it, and the stop waited for that.
   */
  private void endIdleConnections() {
    connector
        .getConnectedEndPoints()
        .forEach(connection -> connection.setIdleTimeout(IDLE_AT_STOP.toMillis()));
    if (closing && !server.isStopped()) {
      connector
          .getScheduler()
          .schedule(this::endIdleConnections, IDLE_AT_STOP.toMillis(), TimeUnit.MILLISECONDS);
    }
  }
}
