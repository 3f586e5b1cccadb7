package io.freshet.serve;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Who answers which path; every answer but the metrics is JSON. */
final class ModelHandler extends Handler.Abstract {
  private static final Logger LOG = LoggerFactory.getLogger(ModelHandler.class);
  private static final Pattern MODEL =
      Pattern.compile("/v1/models/([^/:]+)(:predict|/metadata|/ready)?");
  private static final String JSON = "application/json";
  private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";

  private final SnapshotFollower follower;
  private final Optional<String> name;
  private final ServeSettings settings;
  private final InstantSource clock;
  private final ServeMetrics metrics = new ServeMetrics();
  private final Predictions predictions;
  private final Semaphore requests;

  /**
   * A handler.
   *
   * @param name the model's name in paths; the snapshots' own where absent
   */
  ModelHandler(
      SnapshotFollower follower,
      Optional<String> name,
      ServeSettings settings,
      InstantSource clock) {
    this.follower = follower;
    this.name = name;
    this.settings = settings;
    this.clock = clock;
    predictions = new Predictions(follower, settings, metrics);
    requests = new Semaphore(settings.maxRequests());
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    String path = Request.getPathInContext(request);
    long start = System.nanoTime();
    Answer answer = answerOrRefuse(path, request, start);
    if (path.endsWith(":predict")) {
      metrics.answered(answer.status, Duration.ofNanos(System.nanoTime() - start));
    }
    response.setStatus(answer.status);
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, answer.type);
    if (answer.isPassing) {
      response.getHeaders().put(new HttpField(HttpHeader.RETRY_AFTER, "1"));
    }
    response.write(true, ByteBuffer.wrap(answer.body), callback);
    return true;
  }

  private record Answer(int status, String type, byte[] body, boolean isPassing) {
    static Answer json(byte[] body) {
      return new Answer(200, JSON, body, false);
    }

    static Answer error(int status, String reason, boolean isPassing) {
      return new Answer(status, JSON, ModelJson.error(reason), isPassing);
    }
  }

  private Answer answerOrRefuse(String path, Request request, long start) {
    try {
      return answer(path, request, start);
    } catch (Refusal e) {
      return Answer.error(e.status(), e.getMessage(), e.isPassing());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Answer.error(503, "the server is stopping", true);
    } catch (IOException e) {
      return Answer.error(408, "the request did not come whole: " + e.getMessage(), false);
    } catch (RuntimeException e) {
      LOG.error("{} {} failed", request.getMethod(), path, e);
      return Answer.error(500, "an error of the server's own: " + e, false);
    }
  }

  private Answer answer(String path, Request request, long start)
      throws Refusal, IOException, InterruptedException {
    switch (path) {
      case "/healthz" -> {
        return Answer.json("{\"alive\":true}".getBytes(UTF_8));
      }
      case "/readyz" -> {
        return readiness();
      }
      case "/metrics" -> {
        String text = metrics.text(follower.model(), follower.state(), clock.instant());
        return new Answer(200, PROMETHEUS, text.getBytes(UTF_8), false);
      }
      default -> {
        return model(path, request, start);
      }
    }
  }

  private Answer readiness() throws IOException {
    FollowerState state = follower.state();
    boolean ready = follower.model().isPresent();
    return new Answer(ready ? 200 : 503, JSON, ModelJson.readiness(state), !ready);
  }

  private Answer model(String path, Request request, long start)
      throws Refusal, IOException, InterruptedException {
    Matcher matcher = MODEL.matcher(path);
    if (!matcher.matches()) {
      throw new Refusal(
          404, "nothing is at " + path + "; /v1/models/NAME, /healthz, /readyz and /metrics are");
    }
    boolean predict = ":predict".equals(matcher.group(2));
    String method = predict ? "POST" : "GET";
    if (!method.equals(request.getMethod())) {
      throw new Refusal(405, path + " takes " + method + ", not " + request.getMethod());
    }
    ServedModel model = follower.model().orElseThrow(Predictions::noModel);
    String served = name.orElse(model.manifest().name());
    if (!served.equals(matcher.group(1))) {
      throw new Refusal(
          404, "no model \"" + matcher.group(1) + "\" is served, but \"" + served + '"');
    }
    if (predict) {
      return predict(request, start);
    }
    return Answer.json(
        "/metadata".equals(matcher.group(2))
            ? ModelJson.metadata(served, model)
            : ModelJson.status(served, model, follower.state(), clock.instant()));
  }

  private Answer predict(Request request, long start)
      throws Refusal, IOException, InterruptedException {
    if (!requests.tryAcquire()) {
      throw new Refusal(
          429, settings.maxRequests() + " requests are in flight, as many as allowed");
    }
    try {
      return Answer.json(predictions.answer(body(request), start + settings.patience().toNanos()));
    } finally {
      requests.release();
    }
  }

  private byte[] body(Request request) throws Refusal, IOException {
    int limit = settings.maxBodyBytes();
    if (request.getLength() > limit) {
      throw tooLarge(limit);
    }
    try (InputStream in = Content.Source.asInputStream(request)) {
      byte[] body = in.readNBytes(limit + 1);
      if (body.length > limit) {
        throw tooLarge(limit);
      }
      return body;
    }
  }

  private static Refusal tooLarge(int limit) {
    return new Refusal(413, "the body has more than " + limit + " bytes; send it in parts");
  }
}
