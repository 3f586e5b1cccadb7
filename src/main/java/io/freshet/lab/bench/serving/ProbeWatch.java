package io.freshet.lab.bench.serving;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.freshet.event.FeatureValues;
import io.freshet.event.RejectedException;
import io.freshet.feature.Fids;
import io.freshet.serve.follow.SnapshotFollower;
import io.freshet.serve.model.Scorer;
import io.freshet.serve.model.ServedModel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Requests the scores of all clicked probes that are not seen yet, some hundred times a second, and
 * notes when the version that answers first has a row for each user.
 */
final class ProbeWatch {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration PAUSE = Duration.ofMillis(5);

  private final SnapshotFollower follower;
  private final InetSocketAddress server;
  private final String user;
  private final ConcurrentLinkedQueue<Probe> open = new ConcurrentLinkedQueue<>();
  private final List<Seen> seen = new ArrayList<>();
  private final Thread thread = new Thread(this::run, "probe-watch");
  private volatile boolean ending;
  private volatile Exception failure; // null while all is well

  private record Probe(String user, Map<String, Object> features, Instant clicked) {}

  private record Seen(Instant clicked, Instant published, Instant scored) {}

  ProbeWatch(SnapshotFollower follower, InetSocketAddress server, String user) {
    this.follower = follower;
    this.server = server;
    this.user = user;
  }

  void start() {
    thread.setDaemon(true);
    thread.start();
  }

  /** Notes that the probe's click is sent now. */
  void clicked(String name, Map<String, Object> features) {
    open.add(new Probe(name, features, Instant.now()));
  }

  /** Whether clicks are under way, and nothing has failed. */
  boolean isOpen() {
    return thread.isAlive() && !open.isEmpty();
  }

  /** Ends the watch; fails if it has failed, or if clicks are still under way. */
  void end() throws Exception {
    ending = true;
    if (isOpen()) {
      throw new IOException(open.size() + " clicks are not served, long after the last was sent");
    }
    thread.join();
    if (failure != null) {
      throw failure;
    }
  }

  FreshnessFigure figure(Duration interval) {
    Latencies whole = new Latencies();
    Latencies published = new Latencies();
    Latencies pickedUp = new Latencies();
    for (Seen one : seen) {
      whole.add(Duration.between(one.clicked, one.scored));
      published.add(Duration.between(one.clicked, one.published));
      pickedUp.add(Duration.between(one.published, one.scored));
    }
    return new FreshnessFigure(interval, whole, published, pickedUp);
  }

  private void run() {
    try {
      while (follower.model().isEmpty()) {
        Thread.sleep(PAUSE.toMillis());
      }
      String path = "/v1/models/" + follower.model().get().manifest().name() + ":predict";
      while (!ending || !open.isEmpty()) {
        askWhileOpen(path);
        Thread.sleep(PAUSE.toMillis());
      }
    } catch (IOException | RejectedException | RuntimeException e) {
      failure = e;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      failure = e;
    }
  }

  /** On a separate connection, as the server closes idle ones. */
  private void askWhileOpen(String path)
      throws IOException, RejectedException, InterruptedException {
    if (open.isEmpty()) {
      return;
    }
    try (HttpConnection connection = new HttpConnection(server)) {
      while (!open.isEmpty()) {
        List<Probe> asked = List.copyOf(open);
        JsonNode answer = JSON.readTree(connection.ask(HttpConnection.post(path, body(asked))));
        note(asked, answer.get("model_version").asText(), Instant.now());
        Thread.sleep(PAUSE.toMillis());
      }
    }
  }

  private static byte[] body(List<Probe> probes) {
    ObjectNode body = JSON.createObjectNode();
    var instances = body.putArray("instances");
    probes.forEach(p -> instances.addObject().set("features", JSON.valueToTree(p.features)));
    return body.toString().getBytes(UTF_8);
  }

  /** Probes are seen if the version that answered still exists to be read. */
  private void note(List<Probe> asked, String version, Instant now) throws RejectedException {
    Optional<ServedModel> model =
        follower.model().filter(m -> m.version().toString().equals(version));
    if (model.isPresent()) {
      try (Scorer scorer = model.get().newScorer()) {
        float[] row = new float[1 + model.get().manifest().model().embeddingSize()];
        for (Probe probe : asked) {
          if (model.get().read(fid(scorer, probe), row, 0)) {
            open.remove(probe);
            seen.add(new Seen(probe.clicked, model.get().manifest().created(), now));
          }
        }
      }
    }
  }

  private long fid(Scorer scorer, Probe probe) throws RejectedException {
    var example = scorer.encode(FeatureValues.of(scorer.names(), Map.of(user, probe.user)));
    int field = scorer.model().schema().field(user).orElseThrow().number();
    for (long fid : example.fids()) {
      if (Fids.field(fid) == field) {
        return fid;
      }
    }
    throw new IllegalStateException("an example without its " + user);
  }
}
