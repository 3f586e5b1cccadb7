package io.freshet.serve.http.v1;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.freshet.feature.FeatureSchema;
import io.freshet.feature.Field;
import io.freshet.model.gauge.Expert;
import io.freshet.model.gauge.NumberScale;
import io.freshet.model.gauge.PublishedGauge;
import io.freshet.model.kind.Explanation;
import io.freshet.serve.follow.FollowerState;
import io.freshet.serve.model.ServedModel;
import io.freshet.serve.predict.Endpoint;
import io.freshet.serve.predict.FollowedModel;
import io.freshet.serve.predict.ModelService;
import io.freshet.serve.predict.ModelSet;
import io.freshet.serve.predict.Scoring;
import io.freshet.serve.predict.Split;
import io.freshet.snapshot.format.Labels;
import io.freshet.snapshot.format.Manifest;
import io.freshet.snapshot.format.Version;
import io.freshet.wire.Json;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Responses about a model, as JSON. */
public final class ModelJson {
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
      List<VersionStatus> modelVersionStatus,
      Version version,
      String lineage,
      long checkpoint,
      Optional<Instant> eventTime,
      Optional<Double> freshnessSeconds,
      Instant created,
      long rows,
      Manifest.Model model,
      Follower follower,
      Optional<SplitStatus> split) {}

  /** What answers to a name that several models share. */
  private record SplitStatus(Optional<String> by, List<ArmStatus> arms, List<ArmStatus> shadows) {
    static SplitStatus of(Endpoint endpoint, Split split) {
      List<ArmStatus> arms = new ArrayList<>();
      for (int i = 0; i < endpoint.arms().size(); i++) {
        FollowedModel arm = endpoint.arms().get(i);
        arms.add(ArmStatus.of(arm, Optional.of(split.percentage(i))));
      }
      List<ArmStatus> shadows =
          endpoint.shadows().stream().map(s -> ArmStatus.of(s, Optional.empty())).toList();
      return new SplitStatus(split.by(), arms, shadows);
    }
  }

  private record ArmStatus(String model, Optional<Version> version, Optional<Double> share) {
    static ArmStatus of(FollowedModel model, Optional<Double> share) {
      return new ArmStatus(
          model.name().orElseThrow(), model.follower().model().map(ServedModel::version), share);
    }
  }

  /** What TensorFlow Serving says of a version, which it calls by a number. */
  private record VersionStatus(String version, String state, Code status) {
    private record Code(String errorCode, String errorMessage) {}

    static VersionStatus of(Version version) {
      String checkpoint = String.valueOf(version.checkpoint());
      return new VersionStatus(checkpoint, "AVAILABLE", new Code("OK", ""));
    }
  }

  private record Metadata(
      String name,
      List<Version> versions,
      String platform,
      Manifest.Model model,
      FeatureSchema schema,
      Manifest.UnknownIds unknownIds,
      Map<String, Double> metrics,
      double samplingRate,
      Labels labels) {}

  private record Ready(
      boolean ready,
      Optional<String> reason,
      Follower follower,
      Optional<Map<String, Follower>> models,
      Optional<String> modelsFile) {}

  private record Models(List<String> models) {}

  private record Problem(String error) {}

  private record Explained(
      Object predictions,
      Optional<String> task,
      List<Terms> explanations,
      Version modelVersion,
      Optional<String> scoredBy) {}

  private record Terms(
      double logit,
      double base,
      double offset,
      double firstOrder,
      double probability,
      List<Opinion> experts,
      List<Share> fields) {
    static Terms of(
        Explanation explanation,
        List<Field> fields,
        List<NumberScale> numbers,
        List<Expert> mixed) {
      List<Share> shares = new ArrayList<>();
      Iterator<NumberScale> scales = numbers.iterator();
      for (int i = 0; i < fields.size(); i++) {
        Optional<NumberScale> scale = Optional.empty();
        for (int n = fields.get(i).numbers(); n > 0 && scales.hasNext(); n--) {
          scale = Optional.of(scales.next());
        }
        double number = explanation.numbers()[i];
        shares.add(
            new Share(
                fields.get(i).name(),
                explanation.firstOrder()[i],
                explanation.pairs()[i],
                explanation.dense()[i],
                explanation.total(i),
                scale.filter(s -> !Double.isNaN(number)).map(s -> Number.of(s, number))));
      }
      List<Opinion> experts = new ArrayList<>();
      for (int k = 0; k < mixed.size(); k++) {
        double predicted = explanation.mixed().predictions().get(k);
        experts.add(Opinion.of(mixed.get(k), predicted));
      }
      return new Terms(
          explanation.logit(),
          explanation.base(),
          explanation.mixed().offset(),
          explanation.mixed().firstOrder(),
          explanation.mixed().probability(),
          experts,
          shares);
    }
  }

  /** An expert, and what it predicts. */
  private record Opinion(
      double firstOrder, double logit, double correction, double weight, double probability) {
    static Opinion of(Expert expert, double predicted) {
      return new Opinion(
          expert.firstOrder(), expert.logit(), expert.correction(), expert.weight(), predicted);
    }
  }

  /** How a number was standardized, and to what. */
  private record Number(String transform, double mean, double deviation, double standardized) {
    static Number of(NumberScale scale, double standardized) {
      return new Number(scale.text(), scale.mean(), scale.deviation(), standardized);
    }
  }

  /** What a field adds to a logit. */
  private record Share(
      String field,
      double firstOrder,
      double pairs,
      double dense,
      double total,
      Optional<Number> number) {}

  /** Version, event time, freshness, rows and shape, and the follower's state. */
  public static byte[] status(String name, Endpoint endpoint, Endpoint.Arm arm, Instant now) {
    ServedModel model = arm.model();
    Manifest manifest = model.manifest();
    return Json.line(
        new Status(
            name,
            true,
            List.of(VersionStatus.of(model.version())),
            model.version(),
            model.version().lineage(),
            model.version().checkpoint(),
            manifest.eventTime(),
            model.freshness(now).map(freshness -> freshness.toMillis() / 1000.0),
            manifest.created(),
            model.size(),
            manifest.model(),
            Follower.of(arm.followed().follower().state()),
            endpoint.split().map(split -> SplitStatus.of(endpoint, split))));
  }

  /** The manifest's description of the features, for those who make requests. */
  public static byte[] metadata(String name, ServedModel model, List<Version> versions) {
    Manifest manifest = model.manifest();
    return Json.line(
        new Metadata(
            name,
            versions,
            "freshet",
            manifest.model(),
            manifest.schema(),
            manifest.unknownIds(),
            manifest.metrics(),
            manifest.samplingRate(),
            manifest.labels()));
  }

  /** Whether it is ready, or what keeps it from that, and the states of followers and file. */
  public static byte[] readiness(Optional<String> obstacle, ModelService service) {
    ModelSet set = service.models();
    Map<String, Follower> followers = new TreeMap<>();
    for (FollowedModel model : set.models()) {
      followers.put(model.name().orElse(""), Follower.of(model.follower().state()));
    }
    return Json.line(
        new Ready(
            obstacle.isEmpty(),
            obstacle,
            Follower.of(set.models().get(0).follower().state()),
            Optional.of(followers).filter(all -> all.size() > 1),
            service.reloads().problem()));
  }

  /** Written by hand, as most requests are answered with it. */
  static byte[] predictions(float[][] scores, boolean isColumn, Scoring scoring) {
    List<String> tasks = scoring.model().tasks().names();
    StringBuilder out = new StringBuilder(32 + 14 * scores.length * scores[0].length);
    out.append(isColumn ? "{\"outputs\":[" : "{\"predictions\":[");
    for (int i = 0; i < scores[0].length; i++) {
      out.append(i == 0 ? "" : ",");
      if (tasks.isEmpty()) {
        out.append(scores[0][i]);
      } else {
        append(scores, i, tasks, out);
      }
    }
    out.append("],\"model_version\":\"").append(scoring.model().version()).append('"');
    scoring
        .scoredBy()
        .ifPresent(model -> out.append(",\"scored_by\":\"").append(model).append('"'));
    return out.append('}').toString().getBytes(UTF_8);
  }

  /** An instance's probability of each task: {@code {"click":0.2,"purchase":0.01}}. */
  private static void append(float[][] scores, int i, List<String> tasks, StringBuilder out) {
    for (int task = 0; task < tasks.size(); task++) {
      out.append(task == 0 ? "{\"" : ",\"").append(tasks.get(task)).append("\":");
      out.append(scores[task][i]);
    }
    out.append('}');
  }

  /** The predictions, each an object where there are several tasks. */
  private static Object predictions(float[][] scores, List<String> tasks) {
    if (tasks.isEmpty()) {
      return scores[0];
    }
    List<Map<String, Float>> all = new ArrayList<>();
    for (int i = 0; i < scores[0].length; i++) {
      Map<String, Float> its = new LinkedHashMap<>();
      for (int task = 0; task < tasks.size(); task++) {
        its.put(tasks.get(task), scores[task][i]);
      }
      all.add(its);
    }
    return all;
  }

  /** The predictions, and for each what base and fields add to its logit of a task. */
  public static byte[] explanations(
      float[][] scores, List<Explanation> explanations, int task, Scoring scoring) {
    ServedModel model = scoring.model();
    List<Field> fields = model.schema().fields();
    PublishedGauge gauge = model.gauge();
    List<Expert> experts = gauge.tasks() == 1 ? gauge.experts() : gauge.of(task).experts();
    return Json.line(
        new Explained(
            predictions(scores, model.tasks().names()),
            Optional.of(model.tasks().name(task)).filter(name -> !name.isEmpty()),
            explanations.stream().map(e -> Terms.of(e, fields, gauge.numbers(), experts)).toList(),
            model.version(),
            scoring.scoredBy()));
  }

  /** The names of the models that are known. */
  public static byte[] models(List<String> names) {
    return Json.line(new Models(names));
  }

  public static byte[] error(String reason) {
    return Json.line(new Problem(reason));
  }
}
