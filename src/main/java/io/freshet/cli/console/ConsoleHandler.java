package io.freshet.cli.console;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.freshet.cli.console.Resources.Resource;
import io.freshet.cli.console.Scoring.Answered;
import io.freshet.cli.console.source.RecentImpression;
import io.freshet.cli.console.watch.Watch;
import io.freshet.cli.console.watch.Watches;
import io.freshet.serve.http.LoopbackGuard;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers the page's requests:
 *
 * <pre>
 * GET  /                   the page; with its style and scripts
 * GET  /data/status        the time here, and of each panel its revision and age
 * GET  /data/{panel}       a panel's figures: quality, lag, snapshots, fields, flow
 * GET  /data/model         the fields of the model that is served
 * GET  /data/impression    a recent impression, to fill the form with
 * POST /data/explain       a score, and what each field adds to it
 * </pre>
 *
 * <p>A page may load nothing but from here and run no script but these ({@code
 * Content-Security-Policy}).
 */
final class ConsoleHandler extends Handler.Abstract {
  private static final Logger LOG = LoggerFactory.getLogger(ConsoleHandler.class);
  private static final int MOST_BODY_BYTES = 64 << 10;
  private static final String DATA = "/data/";
  private static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';"
          + " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

  private final Watches watches;
  private final Scoring scoring;
  private final Optional<RecentImpression> recent;
  private final LoopbackGuard guard;
  private final Resources resources = new Resources();

  ConsoleHandler(
      Watches watches, Scoring scoring, Optional<RecentImpression> recent, LoopbackGuard guard) {
    this.watches = watches;
    this.scoring = scoring;
    this.recent = recent;
    this.guard = guard;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    String path = Request.getPathInContext(request);
    try {
      answer(path, request, response, callback);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      refuse(503, "the console is stopping", response, callback);
    } catch (IOException e) {
      refuse(503, e.getMessage(), response, callback);
    } catch (RuntimeException e) {
      LOG.error("{} failed", path, e);
      refuse(500, "an error of the console's own: " + e, response, callback);
    }
    return true;
  }

  private void answer(String path, Request request, Response response, Callback callback)
      throws IOException, InterruptedException {
    String host = Request.getServerName(request);
    if (!guard.admits(host)) {
      refuse(421, "a console on loopback answers to localhost, not to " + host, response, callback);
      return;
    }
    String method = request.getMethod();
    String allowed = path.equals("/data/explain") ? "POST" : "GET";
    Optional<Resource> resource = resources.at(path);
    if (!method.equals(allowed)) {
      response.getHeaders().put(HttpHeader.ALLOW, allowed);
      refuse(405, path + " takes " + allowed + ", not " + method, response, callback);
    } else if (resource.isPresent()) {
      send(200, resource.get().type(), resource.get().bytes(), response, callback);
    } else if (path.startsWith(DATA)) {
      data(path.substring(DATA.length()), request, response, callback);
    } else {
      refuse(404, "nothing is at " + path, response, callback);
    }
  }

  private void data(String name, Request request, Response response, Callback callback)
      throws IOException, InterruptedException {
    switch (name) {
      case "status" -> send(watches.status(), response, callback);
      case "model" -> tell(() -> scoring.metadata().good(), response, callback);
      case "impression" -> tell(() -> recent().find(), response, callback);
      case "explain" -> explain(request, response, callback);
      default -> {
        Optional<ObjectNode> panel = watches.panel(name);
        if (panel.isPresent()) {
          send(panel.get(), response, callback);
        } else {
          refuse(404, "no panel is named " + name, response, callback);
        }
      }
    }
  }

  /** Answers with the figures, or why there are none yet: not an error, as the page asks again. */
  private static void tell(Watch source, Response response, Callback callback)
      throws InterruptedException {
    JsonNode figures;
    try {
      figures = source.look();
    } catch (IOException e) {
      figures = JsonNodeFactory.instance.objectNode().put("problem", e.getMessage());
    }
    send(figures, response, callback);
  }

  private void explain(Request request, Response response, Callback callback)
      throws IOException, InterruptedException {
    byte[] body;
    try (InputStream in = Content.Source.asInputStream(request)) {
      body = in.readNBytes(MOST_BODY_BYTES + 1);
    }
    if (body.length > MOST_BODY_BYTES) {
      refuse(413, "more than " + MOST_BODY_BYTES + " bytes", response, callback);
    } else {
      send(scoring.explain(body), response, callback);
    }
  }

  private RecentImpression recent() throws IOException {
    return recent.orElseThrow(
        () -> new IOException("no Kafka was named to take it from (--bootstrap-servers)"));
  }

  private static void refuse(int status, String why, Response response, Callback callback) {
    ObjectNode error = JsonNodeFactory.instance.objectNode().put("error", why);
    send(status, "application/json", error.toString().getBytes(UTF_8), response, callback);
  }

  private static void send(Answered answered, Response response, Callback callback) {
    send(answered.status(), "application/json", answered.body(), response, callback);
  }

  private static void send(JsonNode json, Response response, Callback callback) {
    send(200, "application/json", json.toString().getBytes(UTF_8), response, callback);
  }

  private static void send(
      int status, String type, byte[] body, Response response, Callback callback) {
    response.setStatus(status);
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, type);
    response.getHeaders().put("Content-Security-Policy", POLICY);
    response.getHeaders().put("X-Content-Type-Options", "nosniff");
    response.getHeaders().put("Referrer-Policy", "no-referrer");
    response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
    if (!response.getRequest().consumeAvailable()) { // the rest of it would be the next request
      response.getHeaders().put(HttpHeader.CONNECTION, "close");
    }
    response.write(true, ByteBuffer.wrap(body), callback);
  }
}
