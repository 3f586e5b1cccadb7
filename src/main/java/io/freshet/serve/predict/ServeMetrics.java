package io.freshet.serve.predict;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.freshet.serve.follow.FollowerCounts;
import io.freshet.serve.follow.FollowerState;
import io.freshet.serve.follow.SnapshotFollower;
import io.freshet.serve.model.ServedModel;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.core.metrics.Info;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/**
 * What the server counts, in the text format of Prometheus. The rate of unknown ids is {@code
 * freshet_unknown_ids_total / freshet_ids_total}. Thread-safe.
 */
public final class ServeMetrics {
  private static final double[] SECONDS = {
    .0005, .001, .002, .003, .005, .0075, .01, .015, .025, .05, .1, .25, .5, 1, 2.5, 5, 10
  };
  private static final double NANOS = 1e9;

  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final SnapshotFollower follower;
  private final Counter requests =
      Counter.builder()
          .name("freshet_requests_total")
          .help("Predictions asked for, by status.")
          .labelNames("code")
          .register(registry);
  private final Histogram durations =
      Histogram.builder()
          .name("freshet_request_seconds")
          .help("From the request to its answer.")
          .classicOnly()
          .classicUpperBounds(SECONDS)
          .register(registry);
  private final Counter instances = counter("freshet_instances_total", "Instances scored.");
  private final Counter ids = counter("freshet_ids_total", "Distinct ids looked up.");
  private final Counter unknownIds = counter("freshet_unknown_ids_total", "Ids without a row.");
  private final Counter notFinite =
      counter("freshet_non_finite_scores_total", "Requests refused as a score was not finite.");
  private final Info served =
      Info.builder()
          .name("freshet_model_info")
          .help("The model that is served.")
          .labelNames("name", "lineage")
          .register(registry);

  ServeMetrics(SnapshotFollower follower, InstantSource clock) {
    this.follower = follower;
    follower(
        "freshet_follower_failures_total",
        "Polls of the current version that failed.",
        FollowerCounts::failures);
    follower("freshet_model_loads_total", "Versions loaded.", FollowerCounts::loads);
    follower(
        "freshet_model_load_seconds_total",
        "Time that loads took.",
        counts -> seconds(counts.loading()));
    GaugeWithCallback.builder()
        .name("freshet_follower_failing")
        .help("1 if the current version is not served.")
        .callback(
            gauge -> gauge.call(follower.state().kind() == FollowerState.Kind.FAILING ? 1 : 0))
        .register(registry);
    model(
        "freshet_model_checkpoint",
        "Checkpoint of the served version.",
        model -> Optional.of((double) model.version().checkpoint()));
    model(
        "freshet_model_rows",
        "Rows of the served version.",
        model -> Optional.of((double) model.size()));
    model(
        "freshet_model_freshness_seconds",
        "Now less the event time of the served version.",
        model -> model.freshness(clock.instant()).map(ServeMetrics::seconds));
  }

  private Counter counter(String name, String help) {
    return Counter.builder().name(name).help(help).register(registry);
  }

  private void follower(String name, String help, ToDoubleFunction<FollowerCounts> count) {
    CounterWithCallback.builder()
        .name(name)
        .help(help)
        .callback(counter -> counter.call(count.applyAsDouble(follower.counts())))
        .register(registry);
  }

  /** A gauge that is absent while it is unknown. */
  private void model(String name, String help, Function<ServedModel, Optional<Double>> value) {
    GaugeWithCallback.builder()
        .name(name)
        .help(help)
        .callback(gauge -> follower.model().flatMap(value).ifPresent(gauge::call))
        .register(registry);
  }

  private static double seconds(Duration duration) {
    return duration.toNanos() / NANOS;
  }

  /** Counts an answered prediction, whatever the answer. */
  public void answered(int status, Duration duration) {
    requests.labelValues(Integer.toString(status)).inc();
    durations.observe(seconds(duration));
  }

  /** Counts what a good prediction was about. */
  void scored(int examples, long lookups, long unknown) {
    instances.inc(examples);
    ids.inc(lookups);
    unknownIds.inc(unknown);
  }

  /** Counts a request whose score the model could not compute. */
  void notFinite() {
    notFinite.inc();
  }

  /** Shows the bytes that requests hold. */
  void show(ByteBudget budget) {
    GaugeWithCallback.builder()
        .name("freshet_request_bytes")
        .help("Bytes that bodies and responses in flight hold.")
        .callback(gauge -> gauge.call(budget.held()))
        .register(registry);
  }

  public String text() throws IOException {
    follower
        .model()
        .ifPresent(
            model -> served.setLabelValues(model.manifest().name(), model.version().lineage()));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    PrometheusTextFormatWriter.create().write(out, registry.scrape());
    return out.toString(UTF_8);
  }
}
