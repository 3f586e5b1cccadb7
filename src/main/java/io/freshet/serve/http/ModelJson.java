package io.freshet.serve.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.freshet.feature.FeatureSchema;
import io.freshet.feature.Field;
import io.freshet.model.kind.Explanation;
import io.freshet.serve.follow.FollowerState;
import io.freshet.serve.model.ServedModel;
import io.freshet.snapshot.format.Manifest;
import io.freshet.snapshot.format.Version;
import io.freshet.wire.Json;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Responses about a model, as JSON. */
final class ModelJson {
  private ModelJson() {}

  private record Follower(
      FollowerState.Kind state, Instant since, Optional<Version> serves, Optional<String> problem) {
    static Follower of(FollowerState state) {
      return new Follower(state.kind(), state.since(), state.served(), state.problem());
    }
  }

  private record Status(
      String name,
      boolean ready,
      Version version,
      String lineage,
      long checkpoint,
      Optional<Instant> eventTime,
      Optional<Double> freshnessSeconds,
      Instant created,
      long rows,
      Manifest.Model model,
      Follower follower) {}

  private record Metadata(
      String name,
      List<Version> versions,
      String platform,
      Manifest.Model model,
      FeatureSchema schema,
      Manifest.UnknownIds unknownIds,
      Map<String, Double> metrics,
      double samplingRate,
      Manifest.Labels labels) {}

  private record Readiness(boolean ready, Follower follower) {}

  private record Models(List<String> models) {}

  private record Problem(String error) {}

  private record Explained(float[] predictions, List<Terms> explanations, Version modelVersion) {}

  private record Terms(double logit, double base, List<Share> fields) {
    static Terms of(Explanation explanation, List<Field> fields) {
      List<Share> shares = new ArrayList<>();
      for (int i = 0; i < fields.size(); i++) {
        shares.add(
            new Share(
                fields.get(i).name(),
                explanation.firstOrder()[i],
                explanation.pairs()[i],
                explanation.dense()[i],
                explanation.total(i)));
      }
      return new Terms(explanation.logit(), explanation.base(), shares);
    }
  }

  /** What a field adds to a logit. */
  private record Share(String field, double firstOrder, double pairs, double dense, double total) {}

  /** Version, event time, freshness, rows and shape, and the follower's state. */
  static byte[] status(String name, ServedModel model, FollowerState follower, Instant now) {
    Manifest manifest = model.manifest();
    return Json.line(
        new Status(
            name,
            true,
            model.version(),
            model.version().lineage(),
            model.version().checkpoint(),
            manifest.eventTime(),
            model.freshness(now).map(freshness -> freshness.toMillis() / 1000.0),
            manifest.created(),
            model.size(),
            manifest.model(),
            Follower.of(follower)));
  }

  /** The manifest's description of the features, for those who make requests. */
  static byte[] metadata(String name, ServedModel model) {
    Manifest manifest = model.manifest();
    return Json.line(
        new Metadata(
            name,
            List.of(model.version()),
            "freshet",
            manifest.model(),
            manifest.schema(),
            manifest.unknownIds(),
            manifest.metrics(),
            manifest.samplingRate(),
            manifest.labels()));
  }

  /** Whether there is a model, and the follower's state. */
  static byte[] readiness(boolean ready, FollowerState follower) {
    return Json.line(new Readiness(ready, Follower.of(follower)));
  }

  /** Written by hand, as most requests are answered with it. */
  static byte[] predictions(float[] scores, ServedModel model) {
    StringBuilder out = new StringBuilder(32 + 14 * scores.length);
    out.append("{\"predictions\":[");
    for (int i = 0; i < scores.length; i++) {
      out.append(i == 0 ? "" : ",").append(scores[i]);
    }
    out.append("],\"model_version\":\"").append(model.version()).append("\"}");
    return out.toString().getBytes(UTF_8);
  }

  /** The predictions, and for each what base and fields add to its logit. */
  static byte[] explanations(float[] scores, List<Explanation> explanations, ServedModel model) {
    List<Field> fields = model.schema().fields();
    return Json.line(
        new Explained(
            scores, explanations.stream().map(e -> Terms.of(e, fields)).toList(), model.version()));
  }

  /** The names of the models: one, once it is known. */
  static byte[] models(Optional<String> name) {
    return Json.line(new Models(name.stream().toList()));
  }

  static byte[] error(String reason) {
    return Json.line(new Problem(reason));
  }
}
