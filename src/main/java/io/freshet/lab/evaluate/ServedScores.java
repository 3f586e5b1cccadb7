package io.freshet.lab.evaluate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.freshet.evaluate.offline.ScoredExamples;
import io.freshet.feature.ImpressionHash;
import io.freshet.job.example.PredictedExample;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What servers said of impressions, held against the labels that a learner's join decided: by
 * model, and by version. First all labels, then all impressions.
 *
 * <p>An impression that a server wrote twice counts once. Of one that was a negative first and then
 * a positive, the positive counts.
 */
final class ServedScores {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Map<Long, PredictedExample> labels = new HashMap<>();
  private final SortedMap<String, ScoredExamples> answered = new TreeMap<>();
  private final SortedMap<String, Shadow> shadows = new TreeMap<>();
  private long unlabeled;

  /** A shadow's scores, and those that went to clients for the same impressions. */
  record Shadow(ScoredExamples answered, ScoredExamples own) {
    Shadow() {
      this(new ScoredExamples(), new ScoredExamples());
    }
  }

  void label(PredictedExample of) {
    labels.merge(
        ImpressionHash.key(of.impressionId()),
        of,
        (before, now) -> now.label() >= before.label() ? now : before);
  }

  /**
   * Takes an impression; one that no server has written is passed over.
   *
   * @throws IOException where the record is no JSON
   */
  void impression(byte[] record) throws IOException {
    JsonNode impression = JSON.readTree(record);
    JsonNode served = impression.path("served");
    if (!served.path("score").isNumber()) {
      return;
    }
    PredictedExample label =
        labels.get(ImpressionHash.key(impression.path("impression_id").asText()));
    if (label == null) {
      unlabeled++;
      return;
    }
    String model = served.path("model").asText();
    put(answered.computeIfAbsent(model, name -> new ScoredExamples()), label, served);
    put(answered.computeIfAbsent(version(served), name -> new ScoredExamples()), label, served);
    for (JsonNode shadow : served.path("shadows")) {
      Shadow of = shadows.computeIfAbsent(version(shadow), name -> new Shadow());
      put(of.answered(), label, served);
      put(of.own(), label, shadow);
    }
  }

  private static String version(JsonNode served) {
    return served.path("model").asText() + " " + served.path("version").asText();
  }

  private static void put(ScoredExamples examples, PredictedExample label, JsonNode served) {
    examples.put(
        ImpressionHash.key(label.impressionId()),
        label.time(),
        label.user(),
        label.label(),
        label.weight(),
        served.path("score").floatValue());
  }

  /** By model, and by model and version. */
  SortedMap<String, ScoredExamples> answered() {
    return answered;
  }

  /** By model and version. */
  SortedMap<String, Shadow> shadows() {
    return shadows;
  }

  /** Impressions whose label is not there. */
  long unlabeled() {
    return unlabeled;
  }
}
