package io.freshet.serve.predict;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.freshet.serve.follow.FollowerState;
import io.freshet.serve.model.ServedModel;
import io.freshet.serve.request.ByteBudget;
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
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/**
 * What the server counts, in the text format of Prometheus. The rate of unknown ids is {@code
 * freshet_unknown_ids_total / freshet_ids_total}. What is of a model has its name as a label, and
 * is gone with the model. Thread-safe.
 */
public final class ServeMetrics {
  private static final double[] SECONDS = {
    .0005, .001, .002, .003, .005, .0075, .01, .015, .025, .05, .1, .25, .5, 1, 2.5, 5, 10
  };
  private static final double NANOS = 1e9;
  private static final String MODEL = "model";

  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final Supplier<ModelSet> models;
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
  private final Info served =
      Info.builder()
          .name("freshet_model_info")
          .help("The models that are served, and the names in their snapshots.")
          .labelNames(MODEL, "name", "lineage")
          .register(registry);

  ServeMetrics(Supplier<ModelSet> models, InstantSource clock) {
    this.models = models;
    MemoryMetrics.register(registry, models);
    counter("freshet_instances_total", "Instances scored.", m -> m.counts().instances());
    counter("freshet_ids_total", "Distinct ids looked up.", m -> m.counts().ids());
    counter("freshet_unknown_ids_total", "Ids without a row.", m -> m.counts().unknownIds());
    counter(
        "freshet_non_finite_scores_total",
        "Requests refused as a score was not finite.",
        m -> m.counts().requestsNotFinite());
    counter(
        "freshet_follower_failures_total",
        "Polls of the current version that failed.",
        m -> m.follower().counts().failures());
    counter("freshet_model_loads_total", "Versions loaded.", m -> m.follower().counts().loads());
    counter(
        "freshet_model_load_seconds_total",
        "Time that loads took.",
        m -> seconds(m.follower().counts().loading()));
    shadow(
        "freshet_shadow_instances_total",
        "Instances that a shadow scored.",
        ShadowCounts::instancesScored);
    shadow(
        "freshet_shadow_dropped_total",
        "Instances that a shadow had no time for.",
        ShadowCounts::instancesDropped);
    shadow(
        "freshet_shadow_failed_total",
        "Instances that a shadow could not score.",
        ShadowCounts::instancesFailed);
    shadow("freshet_shadow_scores_total", "Sum of a shadow's scores.", ShadowCounts::ownScores);
    shadow(
        "freshet_shadow_answered_scores_total",
        "Sum of the scores that went to clients for what a shadow scored.",
        ShadowCounts::answeredScores);
    gauge(
        "freshet_follower_failing",
        "1 if the current version is not served.",
        m -> Optional.of(m.follower().state().kind() == FollowerState.Kind.FAILING ? 1.0 : 0.0));
    gauge(
        "freshet_follower_no_room",
        "1 if the current version is not served as memory or disk is short.",
        m -> Optional.of(m.follower().hasNoRoom() ? 1.0 : 0.0));
    version(
        "freshet_model_checkpoint",
        "Checkpoint of the served version.",
        model -> Optional.of((double) model.version().checkpoint()));
    version(
        "freshet_model_rows",
        "Rows of the served version.",
        model -> Optional.of((double) model.size()));
    version(
        "freshet_model_freshness_seconds",
        "Now less the event time of the served version.",
        model -> model.freshness(clock.instant()).map(ServeMetrics::seconds));
  }

  /** A count of each model that is some endpoint's shadow. */
  private void shadow(String name, String help, ToDoubleFunction<ShadowCounts> count) {
    counter(name, help, ModelSet::shadows, model -> count.applyAsDouble(model.shadowed()));
  }

  /** A count of each model. */
  private void counter(String name, String help, ToDoubleFunction<FollowedModel> count) {
    counter(name, help, ModelSet::models, count);
  }

  private void counter(
      String name,
      String help,
      Function<ModelSet, List<FollowedModel>> of,
      ToDoubleFunction<FollowedModel> count) {
    CounterWithCallback.builder()
        .name(name)
        .help(help)
        .labelNames(MODEL)
        .callback(
            counter ->
                of.apply(models.get()).forEach(m -> counter.call(count.applyAsDouble(m), label(m))))
        .register(registry);
  }

  /** A gauge of each model, absent while it is unknown. */
  private void gauge(String name, String help, Function<FollowedModel, Optional<Double>> value) {
    GaugeWithCallback.builder()
        .name(name)
        .help(help)
        .labelNames(MODEL)
        .callback(
            gauge ->
                models
                    .get()
                    .models()
                    .forEach(m -> value.apply(m).ifPresent(x -> gauge.call(x, label(m)))))
        .register(registry);
  }

  /** A gauge of each model's version. */
  private void version(String name, String help, Function<ServedModel, Optional<Double>> value) {
    gauge(name, help, m -> m.follower().model().flatMap(value));
  }

  private static String label(FollowedModel model) {
    return model.name().orElse("");
  }

  private static double seconds(Duration duration) {
    return duration.toNanos() / NANOS;
  }

  /** Counts an answered prediction, whatever the answer. */
  public void answered(int status, Duration duration) {
    requests.labelValues(Integer.toString(status)).inc();
    durations.observe(seconds(duration));
  }

  /** Shows the bytes that requests hold. */
  void show(ByteBudget budget) {
    GaugeWithCallback.builder()
        .name("freshet_request_bytes")
        .help("Bytes that bodies and responses in flight hold.")
        .callback(gauge -> gauge.call(budget.held()))
        .register(registry);
  }

  /** Shows a count of something that the server has besides models. */
  public void show(String name, String help, LongSupplier count) {
    CounterWithCallback.builder()
        .name(name)
        .help(help)
        .callback(counter -> counter.call(count.getAsLong()))
        .register(registry);
  }

  /** Shows what becomes of changes of the models. */
  void show(Supplier<ReloadState> reloads) {
    GaugeWithCallback.builder()
        .name("freshet_models_file_failing")
        .help("1 if the models are not those that the file says.")
        .callback(gauge -> gauge.call(reloads.get().problem().isPresent() ? 1 : 0))
        .register(registry);
    CounterWithCallback.builder()
        .name("freshet_models_file_failures_total")
        .help("Changes of the file that could not be used.")
        .callback(counter -> counter.call(reloads.get().failures()))
        .register(registry);
    CounterWithCallback.builder()
        .name("freshet_models_file_reloads_total")
        .help("Changes of the file that took over.")
        .callback(counter -> counter.call(reloads.get().reloads()))
        .register(registry);
  }

  private void showInfo() {
    boolean isFirst = true;
    for (FollowedModel followed : models.get().models()) {
      Optional<ServedModel> model = followed.follower().model();
      if (model.isEmpty()) {
        continue;
      }
      String name = model.get().manifest().name();
      String lineage = model.get().version().lineage();
      if (isFirst) {
        served.setLabelValues(label(followed), name, lineage); // and removes all others
      } else {
        served.addLabelValues(label(followed), name, lineage);
      }
      isFirst = false;
    }
  }

  public synchronized String text() throws IOException {
    showInfo();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    PrometheusTextFormatWriter.create().write(out, registry.scrape());
    return out.toString(UTF_8);
  }
}
