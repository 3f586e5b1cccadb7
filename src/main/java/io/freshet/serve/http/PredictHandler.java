package io.freshet.serve.http;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Semaphore;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * Handles requests for predictions: limits how many are in flight, and the time for each one's body
 * and response. A request is refused before its body is read where that is possible.
 */
final class PredictHandler {
  private final NamedModel served;
  private final ServeSettings settings;
  private final ServeMetrics metrics;
  private final PredictionService predictions;
  private final Semaphore places;

  PredictHandler(NamedModel served, ServeSettings settings, ServeMetrics metrics) {
    this.served = served;
    this.settings = settings;
    this.metrics = metrics;
    predictions = new PredictionService(served.follower(), settings, metrics);
    places = new Semaphore(settings.maxRequests());
  }

  void handle(Route route, Request request, Response response, Callback callback) {
    long start = System.nanoTime();
    String path = Request.getPathInContext(request);
    Optional<JsonResponse> refused = refuse(route, path, request);
    if (refused.isPresent()) {
      finish(refused.get(), start, response, callback);
      return;
    }
    long deadline = start + settings.patience().toNanos();
    BodyReader.read(request, settings.maxBodyBytes(), settings.patience())
        .handle((body, failure) -> answer(route, path, body, failure, deadline))
        .thenAccept(
            answer -> {
              places.release();
              finish(answer, start, response, callback);
            });
  }

  /** Why the request is refused; a request that is not has acquired a place. */
  private Optional<JsonResponse> refuse(Route route, String path, Request request) {
    JsonResponse answer =
        ModelHandler.attempt(
            path,
            () -> {
              check(route, request);
              return null;
            });
    return Optional.ofNullable(answer);
  }

  private void check(Route route, Request request) throws HttpError {
    served.name(route);
    served.model();
    String encoding = request.getHeaders().get(HttpHeader.CONTENT_ENCODING);
    if (encoding != null && !encoding.equalsIgnoreCase("identity")) {
      throw new HttpError(415, "the body is encoded as " + encoding + "; expected plain JSON");
    }
    if (!places.tryAcquire()) {
      throw new HttpError(
          429, settings.maxRequests() + " requests are in flight, as many as allowed");
    }
  }

  private JsonResponse answer(
      Route route, String path, byte[] body, Throwable failure, long deadline) {
    return ModelHandler.attempt(
        path,
        () -> {
          if (failure != null) {
            throw refusal(failure);
          }
          return JsonResponse.json(predictions.answer(route.kind(), body, deadline));
        });
  }

  private static HttpError refusal(Throwable failure) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    if (cause instanceof HttpError refusal) {
      return refusal;
    }
    throw new IllegalStateException("the body could not be read", cause);
  }

  private void finish(JsonResponse answer, long start, Response response, Callback callback) {
    metrics.answered(answer.status(), Duration.ofNanos(System.nanoTime() - start));
    answer.send(response, callback);
  }
}
