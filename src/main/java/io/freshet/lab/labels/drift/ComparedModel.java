package io.freshet.lab.labels.drift;

import io.freshet.evaluate.offline.ScoredExamples;
import io.freshet.feature.ImpressionHash;
import io.freshet.feature.example.EncodedImpression;
import io.freshet.lab.labels.LabelTraffic;
import io.freshet.lab.labels.LabelTraffic.Secret;
import io.freshet.lab.labels.Scores;
import io.freshet.model.kind.Predictor;
import java.util.ArrayList;
import java.util.List;

/** One of the models compared: what it predicts, with the final labels, day by day and in all. */
final class ComparedModel {
  private final String name;
  private final ScoredExamples examples = new ScoredExamples();
  private final List<Scores> days = new ArrayList<>();
  private final Scores all = new Scores();
  private Predictor predictor;

  ComparedModel(String name, int days) {
    this.name = name;
    for (int day = 0; day < days; day++) {
      this.days.add(new Scores());
    }
  }

  String name() {
    return name;
  }

  void serve(Predictor other) {
    predictor = other;
  }

  void predict(List<EncodedImpression> shown, LabelTraffic traffic, long from) {
    float[] scores = predictor.predict(shown.stream().map(EncodedImpression::example).toList());
    for (int i = 0; i < scores.length; i++) {
      add(shown.get(i).id(), shown.get(i).example().user(), scores[i], traffic, from);
    }
  }

  /** Adds a prediction; {@code from} is the start of the first measured day. */
  void add(String id, long user, float score, LabelTraffic traffic, long from) {
    long key = ImpressionHash.key(id);
    Secret secret = traffic.truths().get(key);
    int day = (int) Math.floorDiv(secret.time() - from, DriftRun.DAY);
    if (day >= 0 && day < days.size()) {
      days.get(day).add(secret, score);
      all.add(secret, score);
      examples.put(key, secret.time(), user, secret.clicked() ? 1 : 0, 1, score);
    }
  }

  ScoredExamples examples() {
    return examples;
  }

  List<Scores> days() {
    return days;
  }

  Scores all() {
    return all;
  }
}
