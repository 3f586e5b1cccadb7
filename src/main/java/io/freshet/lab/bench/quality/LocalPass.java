package io.freshet.lab.bench.quality;

import io.freshet.config.LearnerConfig;
import io.freshet.feature.example.LabeledExample;
import io.freshet.model.batch.Predictions;
import io.freshet.model.learn.LocalLearner;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/** One pass of the single-thread learner over a stream. */
final class LocalPass {
  private final LearnerConfig config;
  private final LocalLearner learner;
  private final PredictedStream predicted = new PredictedStream();
  private final List<LabeledExample> batch = new ArrayList<>();

  LocalPass(LearnerConfig config) {
    this.config = config;
    learner = new LocalLearner(config.features(), config.model(), config.train().learning());
  }

  /**
   * Learns the examples.
   *
   * @param first examples that {@link QualityFigures#rel} leaves out
   */
  QualityFigures run(Iterator<LabeledExample> examples, int first) {
    while (examples.hasNext()) {
      batch.add(examples.next());
      if (batch.size() == config.train().batchSize() || !examples.hasNext()) {
        learn();
      }
    }
    learner.flushDense();
    return predicted.figures(first, learner.skipped());
  }

  private void learn() {
    Predictions predictions = learner.learn(batch);
    for (int i = 0; i < predictions.size(); i++) {
      predicted.add(predictions.labels()[i] > 0, predictions.probabilities()[i]);
    }
    batch.clear();
  }
}
