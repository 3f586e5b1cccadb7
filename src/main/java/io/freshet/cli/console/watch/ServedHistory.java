package io.freshet.cli.console.watch;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.freshet.evaluate.metric.MetricsAccumulator;
import io.freshet.evaluate.offline.ServedImpression;
import io.freshet.evaluate.offline.ServedImpression.Score;
import io.freshet.evaluate.report.Metrics;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The last {@value #MOST} impressions that servers wrote and the last labels that a join decided,
 * in any order: how good what was served is, by model and by version, and how far the loss of each
 * shadow is from that of what was answered for the same impressions.
 *
 * <p>An impression counts once; one that was a negative first and then a positive is a positive.
 */
final class ServedHistory {
  static final int MOST = 50_000;

  /** Versions of models that are shown: those that scored last. */
  static final int MOST_VERSIONS = 12;

  private final Map<Long, ServedImpression> impressions = new Recent<>();
  private final Map<Long, Label> labels = new Recent<>();

  private static final class Recent<V> extends LinkedHashMap<Long, V> {
    private static final long serialVersionUID = 1L;

    @Override
    protected boolean removeEldestEntry(Map.Entry<Long, V> eldest) {
      return size() > MOST;
    }
  }

  private record Label(long time, float label, float weight) {}

  /** Sums of one model, or of one of its versions, as it answered or as a shadow. */
  private static final class Sums {
    private final Score first;
    private final boolean shadow;
    private final MetricsAccumulator own = new MetricsAccumulator();
    private double weights;
    private double differences; // of the loss, from that of what was answered
    private double squares;

    private Sums(Score first, boolean shadow) {
      this.first = first;
      this.shadow = shadow;
    }

    private void add(Label of, Score score, Score answered) {
      own.add(of.time(), of.label(), of.weight(), score.probability());
      double difference =
          MetricsAccumulator.loss(of.label(), score.probability())
              - MetricsAccumulator.loss(of.label(), answered.probability());
      weights += of.weight();
      differences += of.weight() * difference;
      squares += of.weight() * difference * difference;
    }

    private ObjectNode toJson(boolean ofVersion) {
      Metrics metrics = own.metrics();
      ObjectNode json = JsonNodeFactory.instance.objectNode();
      json.put("model", first.model());
      if (ofVersion) {
        json.put("version", first.version());
      }
      json.put("shadow", shadow);
      json.put("examples", metrics.examples());
      put("logloss", metrics.logloss(), json);
      put("ne", metrics.ne(), json);
      put("calibration", metrics.calibration(), json);
      if (shadow && weights > 0) {
        double mean = differences / weights;
        double variance = Math.max(0, squares / weights - mean * mean);
        put("difference", mean, json);
        put("interval", 1.96 * Math.sqrt(variance / metrics.examples()), json);
      }
      return json;
    }

    private static void put(String name, double value, ObjectNode json) {
      if (Double.isFinite(value)) {
        json.put(name, value);
      }
    }
  }

  void impression(ServedImpression of) {
    impressions.remove(of.key()); // what comes again is recent
    impressions.put(of.key(), of);
  }

  /**
   * Takes a label.
   *
   * @param key of the impression
   * @param time when it was decided, epoch milliseconds
   */
  void label(long key, long time, float label, float weight) {
    Label before = labels.remove(key);
    Label now = new Label(time, label, weight);
    labels.put(key, before == null || now.label() >= before.label() ? now : before);
  }

  /** The figures, models first in the order of their names, then versions, the latest first. */
  ObjectNode toJson() {
    Map<String, Sums> models = new LinkedHashMap<>();
    Map<String, Sums> versions = new LinkedHashMap<>(16, 0.75f, true); // the latest last
    long unlabeled = 0;
    for (ServedImpression impression : impressions.values()) {
      Label label = labels.get(impression.key());
      if (label == null) {
        unlabeled++;
        continue;
      }
      Score answered = impression.answered();
      add(answered, false, label, answered, models, versions);
      for (Score shadow : impression.shadows()) {
        add(shadow, true, label, answered, models, versions);
      }
    }
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("impressions", impressions.size());
    json.put("unlabeled", unlabeled);
    ArrayNode all = json.putArray("models");
    models.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .forEach(model -> all.add(model.getValue().toJson(false)));
    ArrayNode latest = json.putArray("versions");
    List<Sums> shown = List.copyOf(versions.values());
    for (int i = shown.size() - 1; i >= Math.max(0, shown.size() - MOST_VERSIONS); i--) {
      latest.add(shown.get(i).toJson(true));
    }
    json.put("other_versions", Math.max(0, shown.size() - MOST_VERSIONS));
    return json;
  }

  private static void add(
      Score score,
      boolean shadow,
      Label label,
      Score answered,
      Map<String, Sums> models,
      Map<String, Sums> versions) {
    String role = shadow ? "/shadow" : "";
    models
        .computeIfAbsent(score.model() + role, name -> new Sums(score, shadow))
        .add(label, score, answered);
    versions
        .computeIfAbsent(score.name() + role, name -> new Sums(score, shadow))
        .add(label, score, answered);
  }
}
