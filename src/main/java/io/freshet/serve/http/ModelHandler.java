package io.freshet.serve.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.freshet.serve.http.v1.ModelJson;
import io.freshet.serve.http.v2.V2Json;
import io.freshet.serve.predict.Endpoint;
import io.freshet.serve.predict.ModelService;
import io.freshet.serve.request.HttpError;
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
  private final InstantSource clock;
  private final PredictHandler predictions;
  private final LoopbackGuard guard;

  ModelHandler(ModelService service, String bind, InstantSource clock) {
    this.service = service;
    this.clock = clock;
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
        404,
        "nothing is at "
            + path
            + "; /v1/models/NAME, /v2/models/NAME, /livez, /readyz and /metrics are");
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
    Optional<String> obstacle = service.readiness().obstacle();
    return switch (route.kind()) {
      case HEALTH -> JsonResponse.json("{\"alive\":true}".getBytes(UTF_8));
      case HEALTH_V2 -> JsonResponse.json(V2Json.live());
      case READINESS -> readiness(obstacle, ModelJson.readiness(obstacle, service));
      case READINESS_V2 -> readiness(obstacle, V2Json.ready(obstacle));
      case METRICS -> JsonResponse.metrics(service.metrics().text());
      case MODELS -> JsonResponse.json(ModelJson.models(service.models().names()));
      case SERVER_V2 -> JsonResponse.json(V2Json.server());
      default -> respond(route, service.models().endpoint(route.name()));
    };
  }

  private JsonResponse respond(Route route, Endpoint endpoint) throws HttpError {
    Endpoint.Arm arm = endpoint.arm(route.version());
    String name = route.name();
    return switch (route.kind()) {
      case MODEL_READINESS_V2 -> {
        Optional<String> obstacle = service.readiness().obstacle(endpoint);
        yield readiness(obstacle, V2Json.ready(name, obstacle));
      }
      case METADATA ->
          JsonResponse.json(ModelJson.metadata(name, arm.model(), endpoint.versions()));
      case MODEL_V2 -> JsonResponse.json(V2Json.model(name, arm.model(), endpoint.versions()));
      default -> JsonResponse.json(ModelJson.status(name, endpoint, arm, clock.instant()));
    };
  }

  private static JsonResponse readiness(Optional<String> obstacle, byte[] body) {
    return JsonResponse.json(obstacle.isEmpty() ? 200 : 503, body);
  }
}
