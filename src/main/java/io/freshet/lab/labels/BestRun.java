package io.freshet.lab.labels;

import io.freshet.feature.EncodedImpression;
import io.freshet.feature.ImpressionHash;
import io.freshet.feature.example.LabeledExample;
import io.freshet.feature.example.LabeledExample.Kind;
import io.freshet.lab.labels.LabelTraffic.Secret;
import io.freshet.model.LearningSettings;
import io.freshet.model.ModelSettings;
import io.freshet.model.batch.Predictions;
import io.freshet.model.kind.Predictor;
import io.freshet.model.learn.LocalLearner;
import java.util.ArrayList;
import java.util.List;

/**
 * What policies are held against: a learner that gets each impression's final label at once, and
 * the same one as it was when the measured half began, which learns no more and so shows what drift
 * costs.
 */
final class BestRun {
  private static final int BATCH = 64;

  private final LabelTraffic traffic;
  private final long from;
  private final LocalLearner learner;
  private final Scores told = new Scores();
  private final Scores frozen = new Scores();
  private final List<LabeledExample> batch = new ArrayList<>();
  private Predictor stale;

  BestRun(LabelTraffic traffic, long from) {
    this.traffic = traffic;
    this.from = from;
    learner = new LocalLearner(traffic.schema(), ModelSettings.DEFAULT, LearningSettings.DEFAULT);
  }

  BestRun run() {
    for (Object event : traffic.events()) {
      if (event instanceof EncodedImpression impression) {
        if (stale == null && impression.timestamp() >= from) {
          learn();
          stale = learner.predictorOfNow();
        }
        add(impression);
      }
    }
    learn();
    return this;
  }

  private void add(EncodedImpression impression) {
    Secret secret = secret(impression.id());
    if (stale != null) {
      frozen.add(secret, stale.predict(impression.example()));
    }
    batch.add(
        new LabeledExample(
            impression.id(),
            impression.timestamp(),
            secret.clicked() ? 1 : 0,
            1,
            impression.example(),
            Kind.DECIDED,
            0,
            true));
    if (batch.size() == BATCH) {
      learn();
    }
  }

  private void learn() {
    Predictions predictions = learner.learn(batch);
    batch.clear();
    for (int i = 0; i < predictions.scoredKeys().length; i++) {
      Secret secret = traffic.truths().get(predictions.scoredKeys()[i]);
      if (secret.time() >= from) {
        told.add(secret, predictions.scores()[i]);
      }
    }
  }

  private Secret secret(String id) {
    return traffic.truths().get(ImpressionHash.key(id));
  }

  /** Told at once. */
  Scores told() {
    return told;
  }

  /** Not told any more. */
  Scores frozen() {
    return frozen;
  }
}
