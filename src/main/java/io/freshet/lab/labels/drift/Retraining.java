package io.freshet.lab.labels.drift;

import io.freshet.feature.FeatureSchema;
import io.freshet.feature.example.LabeledExample;
import io.freshet.model.LearningSettings;
import io.freshet.model.ModelSettings;
import io.freshet.model.kind.Predictor;
import io.freshet.model.learn.LocalLearner;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * A model made again in batch: from its random start, one pass over the last days' examples in the
 * order in which they were labeled, with the optimizers and rates of the stream.
 */
final class Retraining {
  private static final int BATCH = 64;

  private final FeatureSchema schema;
  private final int window; // days
  private final Deque<List<LabeledExample>> days = new ArrayDeque<>();

  Retraining(FeatureSchema schema, int window) {
    this.schema = schema;
    this.window = window;
    days.add(new ArrayList<>());
  }

  void add(LabeledExample example) {
    days.getLast().add(example);
  }

  /** Ends a day; what is older than the window is forgotten. */
  void endDay() {
    days.add(new ArrayList<>());
    if (days.size() > window + 1) {
      days.removeFirst();
    }
  }

  /** The model of the days that have ended. */
  Predictor train() {
    LocalLearner learner =
        new LocalLearner(schema, ModelSettings.DEFAULT, LearningSettings.DEFAULT);
    for (List<LabeledExample> day : days) {
      for (int from = 0; from < day.size(); from += BATCH) {
        learner.learn(day.subList(from, Math.min(day.size(), from + BATCH)));
      }
    }
    learner.flushDense();
    return learner.predictor();
  }
}
