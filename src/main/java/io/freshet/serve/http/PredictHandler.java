package io.freshet.serve.http;

import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Semaphore;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * Handles requests for predictions. A request holds the bytes that it has sent and nothing else
 * until its body is complete; then one of the places, of which there are as many as threads to wait
 * with. Whatever is thrown, both are given back and the request is answered and counted.
 */
final class PredictHandler {
  private final NamedModel served;
  private final ServeSettings settings;
  private final ServeMetrics metrics;
  private final PredictionService predictions;
  private final ByteBudget budget;
  private final Semaphore places;
  private final Semaphore explainPlaces;

  PredictHandler(NamedModel served, ServeSettings settings, ServeMetrics metrics) {
    this.served = served;
    this.settings = settings;
    this.metrics = metrics;
    predictions = new PredictionService(served.follower(), settings, metrics);
    budget = new ByteBudget(settings.requests().bytesInFlight());
    metrics.show(budget);
    places = new Semaphore(settings.requests().waiting());
    explainPlaces = new Semaphore(settings.explain().waiting());
  }

  void handle(Route route, Request request, Response response, Callback callback) {
    long start = System.nanoTime();
    String path = Request.getPathInContext(request);
    JsonResponse refused =
        ModelHandler.attempt(
            path,
            () -> {
              check(route, request);
              return null;
            });
    if (refused != null) {
      finish(refused, start, response, callback);
      return;
    }
    long deadline = start + settings.requests().time().toNanos();
    BodyReader.read(request, settings.requests(), budget)
        .whenComplete(
            (body, failure) ->
                finish(
                    ModelHandler.attempt(
                        path, () -> answer(route, request, body, failure, deadline)),
                    start,
                    response,
                    callback));
  }

  /** Refuses what can be refused before the body is read. */
  private void check(Route route, Request request) throws HttpError {
    served.name(route);
    served.model();
    if (route.kind() == Route.Kind.EXPLAIN && settings.explain().waiting() == 0) {
      throw new HttpError(404, "explanations are switched off here (--explain-requests 0)");
    }
    isPacked(request);
  }

  private static boolean isPacked(Request request) throws HttpError {
    String encoding = request.getHeaders().get(HttpHeader.CONTENT_ENCODING);
    return switch (encoding == null ? "identity" : encoding.toLowerCase(Locale.ROOT)) {
      case "identity" -> false;
      case "gzip", "x-gzip" -> true;
      default ->
          throw new HttpError(
              415, "the body is encoded as " + encoding + "; expected plain JSON or gzip");
    };
  }

  private JsonResponse answer(
      Route route, Request request, BodyBuffer body, Throwable failure, long deadline)
      throws HttpError, InterruptedException {
    if (failure instanceof HttpError refusal) {
      throw refusal;
    }
    if (failure instanceof Error error) {
      throw error;
    }
    if (failure != null) {
      throw new IllegalStateException("the body could not be read", failure);
    }
    Semaphore own = route.kind() == Route.Kind.EXPLAIN ? explainPlaces : places;
    try (body) {
      if (!own.tryAcquire()) {
        throw new HttpError(429, "as many requests are in flight as allowed");
      }
      try {
        return compute(route, isPacked(request), body, deadline);
      } finally {
        own.release();
      }
    }
  }

  private JsonResponse compute(Route route, boolean packed, BodyBuffer body, long deadline)
      throws HttpError, InterruptedException {
    if (!packed) {
      return JsonResponse.json(predictions.answer(route.kind(), body, deadline));
    }
    try (BodyBuffer plain = body.unpack(settings.requests().unpackedBytes())) {
      return JsonResponse.json(predictions.answer(route.kind(), plain, deadline));
    }
  }

  /** Sends the answer, which holds its bytes until the client has read them. */
  private void finish(JsonResponse answer, long start, Response response, Callback callback) {
    metrics.answered(answer.status(), Duration.ofNanos(System.nanoTime() - start));
    int bytes = answer.body().length;
    budget.take(bytes);
    answer.send(response, Callback.from(callback, () -> budget.give(bytes)));
  }
}
