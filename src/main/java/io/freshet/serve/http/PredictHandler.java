package io.freshet.serve.http;

import io.freshet.serve.http.v1.V1;
import io.freshet.serve.http.v2.V2;
import io.freshet.serve.predict.ModelService;
import io.freshet.serve.predict.Question;
import io.freshet.serve.request.HttpError;
import java.io.InputStream;
import java.time.Duration;
import java.util.Locale;
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
  private final ModelService service;
  private final V1 v1;
  private final V2 v2;

  PredictHandler(ModelService service) {
    this.service = service;
    v1 = new V1(service);
    v2 = new V2(service);
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
    long deadline = start + service.requests().time().toNanos();
    BodyReader.read(request, service.requests(), service.budget())
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
    service.models().endpoint(route.name()).arm(route.version());
    if (route.kind() == Route.Kind.EXPLAIN) {
      service.checkExplains();
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
    try (body) {
      return service.inPlace(
          route.kind() == Route.Kind.EXPLAIN,
          () -> compute(route, isPacked(request), body, deadline));
    }
  }

  private JsonResponse compute(Route route, boolean packed, BodyBuffer body, long deadline)
      throws HttpError, InterruptedException {
    if (!packed) {
      return answer(route, body, deadline);
    }
    try (BodyBuffer plain = body.unpack(service.requests().unpackedBytes())) {
      return answer(route, plain, deadline);
    }
  }

  private JsonResponse answer(Route route, BodyBuffer body, long deadline)
      throws HttpError, InterruptedException {
    InputStream json = body.stream();
    Question<byte[]> question =
        switch (route.kind()) {
          case INFER_V2 -> v2.infer(route.name(), json);
          case EXPLAIN -> v1.explain(json);
          default -> v1.predict(json);
        };
    return JsonResponse.json(
        service.answer(route.name(), route.version(), body.size(), deadline, question));
  }

  /** Sends the answer, which holds its bytes until the client has read them. */
  private void finish(JsonResponse answer, long start, Response response, Callback callback) {
    service.metrics().answered(answer.status(), Duration.ofNanos(System.nanoTime() - start));
    int bytes = answer.body().length;
    service.budget().take(bytes);
    answer.send(response, Callback.from(callback, () -> service.budget().give(bytes)));
  }
}
