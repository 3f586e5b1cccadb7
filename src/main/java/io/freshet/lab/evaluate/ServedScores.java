package io.freshet.lab.evaluate;

import io.freshet.evaluate.offline.ScoredExamples;
import io.freshet.evaluate.offline.ServedImpression;
import io.freshet.evaluate.offline.ServedImpression.Score;
import io.freshet.feature.ImpressionHash;
import io.freshet.job.example.PredictedExample;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What servers said of impressions, held against the labels that a learner's join decided: by
 * model, and by version. First all labels, then all impressions.
 *
 * <p>An impression that a server wrote twice counts once. Of one that was a negative first and then
 * a positive, the positive counts.
 */
final class ServedScores {
  private final Optional<String> task;
  private final SortedSet<String> others = new TreeSet<>(); // tasks
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

  /** Scores of a task; of a model of one, where none is named. */
  ServedScores(Optional<String> task) {
    this.task = task;
  }

  void label(PredictedExample of) {
    if (!of.task().equals(task)) {
      others.add(of.task().orElse("one task without a name"));
      return;
    }
    labels.merge(
        ImpressionHash.key(of.impressionId()),
        of,
        (before, now) -> now.label() >= before.label() ? now : before);
  }

  /** Refuses labels that are all of other tasks. */
  void checkTask(String data) throws IOException {
    if (labels.isEmpty() && !others.isEmpty()) {
      throw new IOException(
          "%s holds labels of %s; expected --task with the one that the server's scores are of: the first of model.tasks"
              .formatted(data, String.join(", ", others)));
    }
  }

  /**
   * Takes an impression; one that no server has written is passed over.
   *
   * @throws IOException where the record is no JSON
   */
  void impression(byte[] record) throws IOException {
    Optional<ServedImpression> read = ServedImpression.of(record);
    if (read.isEmpty()) {
      return;
    }
    ServedImpression impression = read.get();
    Score served = impression.answered();
    PredictedExample label = labels.get(impression.key());
    if (label == null) {
      unlabeled++;
      return;
    }
    put(answered.computeIfAbsent(served.model(), name -> new ScoredExamples()), label, served);
    put(answered.computeIfAbsent(served.name(), name -> new ScoredExamples()), label, served);
    for (Score shadow : impression.shadows()) {
      Shadow of = shadows.computeIfAbsent(shadow.name(), name -> new Shadow());
      put(of.answered(), label, served);
      put(of.own(), label, shadow);
    }
  }

  private static void put(ScoredExamples examples, PredictedExample label, Score served) {
    examples.put(
        ImpressionHash.key(label.impressionId()),
        label.time(),
        label.user(),
        label.label(),
        label.weight(),
        served.probability());
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
