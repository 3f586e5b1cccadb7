package io.freshet.serve.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.freshet.serve.follow.FollowerState;
import io.freshet.serve.follow.SnapshotFollower;
import io.freshet.serve.http.v1.ModelJson;
import io.freshet.serve.predict.HttpError;
import io.freshet.serve.predict.ModelService;
import io.freshet.serve.predict.NamedModel;
import java.io.IOException;
import java.time.InstantSource;
import java.util.Optional;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Routes requests; every response but the metrics is JSON. */
final class ModelHandler extends Handler.Abstract {
  private static final Logger LOG = LoggerFactory.getLogger(ModelHandler.class);

  private static final JsonResponse OUT_OF_MEMORY =
      JsonResponse.refusal(503, "the server has too little memory; send less at once");

  private final ModelService service;
  private final NamedModel served;
  private final InstantSource clock;
  private final PredictHandler predictions;
  private final LoopbackGuard guard;

  ModelHandler(ModelService service, String bind, InstantSource clock) {
    this.service = service;
    this.clock = clock;
    served = service.served();
    guard = LoopbackGuard.of(bind);
    predictions = new PredictHandler(service);
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    String path = Request.getPathInContext(request);
    String host = Request.getServerName(request);
    Optional<Route> route = Route.of(path);
    if (service.readiness().isStopping()) {
      response.getHeaders().put(HttpHeader.CONNECTION, "close");
    }
    if (!guard.admits(host)) {
      JsonResponse.refusal(421, "a server on loopback answers to localhost, not to " + host)
          .send(response, callback);
    } else if (route.isEmpty()) {
      nothingAt(path).send(response, callback);
    } else if (!route.get().takes(request.getMethod())) {
      JsonResponse.notAllowed(path, request.getMethod(), route.get().allowed())
          .send(response, callback);
    } else if (route.get().kind().hasBody()) {
      predictions.handle(route.get(), request, response, callback);
    } else {
      attempt(path, () -> respond(route.get())).send(response, callback);
    }
    return true;
  }

  private static JsonResponse nothingAt(String path) {
    return JsonResponse.refusal(
        404, "nothing is at " + path + "; /v1/models/NAME, /healthz, /readyz and /metrics are");
  }

  /** What makes an answer. */
  interface Attempt {
    JsonResponse answer() throws HttpError, IOException, InterruptedException;
  }

  /** The answer of an attempt, whatever becomes of it. */
  static JsonResponse attempt(String path, Attempt attempt) {
    try {
      return attempt.answer();
    } catch (HttpError e) {
      return JsonResponse.refusal(e.status(), e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return JsonResponse.refusal(503, "the server is stopping");
    } catch (Throwable e) {
      return failure(path, e);
    }
  }

  private static JsonResponse failure(String path, Throwable failure) {
    try {
      LOG.error("{} failed", path, failure);
      return failure instanceof OutOfMemoryError
          ? OUT_OF_MEMORY
          : JsonResponse.refusal(500, "internal error: " + failure);
    } catch (OutOfMemoryError e) { // there is not even memory to say so
      return OUT_OF_MEMORY;
    }
  }

  private JsonResponse respond(Route route) throws HttpError, IOException {
    SnapshotFollower follower = served.follower();
    return switch (route.kind()) {
      case HEALTH -> JsonResponse.json("{\"alive\":true}".getBytes(UTF_8));
      case READINESS -> readiness(follower.state());
      case METRICS -> JsonResponse.metrics(service.metrics().text());
      case MODELS -> JsonResponse.json(ModelJson.models(served.known()));
      case METADATA ->
          JsonResponse.json(
              ModelJson.metadata(served.name(route.name()), served.model(route.version())));
      default ->
          JsonResponse.json(
              ModelJson.status(
                  served.name(route.name()),
                  served.model(route.version()),
                  follower.state(),
                  clock.instant()));
    };
  }

  private JsonResponse readiness(FollowerState follower) {
    Optional<String> obstacle = service.readiness().obstacle();
    return JsonResponse.json(
        obstacle.isEmpty() ? 200 : 503, ModelJson.readiness(obstacle, follower));
  }
}
