package io.freshet.serve.http;

import io.freshet.serve.follow.FollowerCounts;
import io.freshet.serve.follow.FollowerState;
import io.freshet.serve.follow.SnapshotFollower;
import io.freshet.serve.model.ServedModel;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * What the server counts, in the text format of Prometheus. The rate of unknown ids is {@code
 * freshet_unknown_ids_total / freshet_ids_total}. Thread-safe.
 */
final class ServeMetrics {
  private final Map<Integer, LongAdder> requests = new ConcurrentSkipListMap<>();
  private final Histogram durations = new Histogram();
  private final LongAdder instances = new LongAdder();
  private final LongAdder ids = new LongAdder();
  private final LongAdder unknownIds = new LongAdder();

  /** Counts an answered prediction, whatever the answer. */
  void answered(int status, Duration duration) {
    requests.computeIfAbsent(status, s -> new LongAdder()).increment();
    durations.add(duration);
  }

  /** Counts what a good prediction was about. */
  void scored(int examples, long lookups, long unknown) {
    instances.add(examples);
    ids.add(lookups);
    unknownIds.add(unknown);
  }

  String text(SnapshotFollower follower, Instant now) {
    StringBuilder out = new StringBuilder();
    head("freshet_requests_total", "counter", "Predictions asked for, by status.", out);
    requests.forEach(
        (status, count) ->
            out.append("freshet_requests_total{code=\"%d\"} %d\n".formatted(status, count.sum())));
    head("freshet_request_seconds", "histogram", "From the request to its answer.", out);
    durations.write("freshet_request_seconds", out);
    one("freshet_instances_total", "counter", "Instances scored.", instances.sum(), out);
    one("freshet_ids_total", "counter", "Distinct ids looked up.", ids.sum(), out);
    one("freshet_unknown_ids_total", "counter", "Ids without a row.", unknownIds.sum(), out);
    follower(follower.state(), follower.counts(), out);
    follower.model().ifPresent(served -> model(served, now, out));
    return out.toString();
  }

  private static void follower(FollowerState state, FollowerCounts counts, StringBuilder out) {
    int failing = state.kind() == FollowerState.Kind.FAILING ? 1 : 0;
    one("freshet_follower_failing", "gauge", "1 if latest is not served.", failing, out);
    one(
        "freshet_follower_failures_total",
        "counter",
        "Looks at latest that ended with a problem.",
        counts.failures(),
        out);
    one("freshet_model_loads_total", "counter", "Versions that took over.", counts.loads(), out);
    one(
        "freshet_model_load_seconds_total",
        "counter",
        "Time that their loads took.",
        counts.loading().toMillis() / 1000.0,
        out);
  }

  private static void model(ServedModel model, Instant now, StringBuilder out) {
    head("freshet_model_info", "gauge", "The version that is served.", out);
    out.append(
        "freshet_model_info{name=\"%s\",version=\"%s\"} 1\n"
            .formatted(escape(model.manifest().name()), model.version()));
    one(
        "freshet_model_checkpoint",
        "gauge",
        "Checkpoint of the version.",
        model.version().checkpoint(),
        out);
    one("freshet_model_rows", "gauge", "Rows of the version.", model.size(), out);
    model
        .freshness(now)
        .ifPresent(
            behind ->
                one(
                    "freshet_model_freshness_seconds",
                    "gauge",
                    "Now less the event time of the version.",
                    behind.toMillis() / 1000.0,
                    out));
  }

  private static void one(String name, String type, String help, Number value, StringBuilder out) {
    head(name, type, help, out);
    out.append(name).append(' ').append(value).append('\n');
  }

  private static void head(String name, String type, String help, StringBuilder out) {
    out.append("# HELP %s %s\n# TYPE %s %s\n".formatted(name, help, name, type));
  }

  private static String escape(String label) {
    return label.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
  }
}
