package io.freshet.serve.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.freshet.serve.http.v1.ModelJson;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * A response before it is sent.
 *
 * @param isPassing whether the same request may work in a moment
 * @param allowed what goes into the header {@code Allow}, with a 405
 */
record JsonResponse(
    int status, String type, byte[] body, boolean isPassing, Optional<String> allowed) {
  private static final String JSON = "application/json";
  private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";

  static JsonResponse json(int status, byte[] body) {
    return new JsonResponse(status, JSON, body, status == 429 || status == 503, Optional.empty());
  }

  static JsonResponse json(byte[] body) {
    return json(200, body);
  }

  static JsonResponse metrics(String text) {
    return new JsonResponse(200, PROMETHEUS, text.getBytes(UTF_8), false, Optional.empty());
  }

  static JsonResponse refusal(int status, String reason) {
    return json(status, ModelJson.error(reason));
  }

  static JsonResponse notAllowed(String path, String method, String allowed) {
    String reason = path + " takes " + allowed + ", not " + method;
    return new JsonResponse(405, JSON, ModelJson.error(reason), false, Optional.of(allowed));
  }

  /**
   * Sends it. Where the rest of the request may still come, the connection ends with the response
   * and says so: a client would send its next request on it, and get no answer.
   */
  void send(Response response, Callback callback) {
    response.setStatus(status);
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, type);
    if (isPassing) {
      response.getHeaders().put(HttpHeader.RETRY_AFTER, "1");
    }
    if (status == 408 || !response.getRequest().consumeAvailable()) {
      response.getHeaders().put(HttpHeader.CONNECTION, "close");
    }
    allowed.ifPresent(methods -> response.getHeaders().put(HttpHeader.ALLOW, methods));
    response.write(true, ByteBuffer.wrap(body), callback);
  }
}
