package io.freshet.lab.bench.quality;

import io.freshet.config.LearnerConfig;
import io.freshet.event.DecodeResult;
import io.freshet.event.FeatureValues;
import io.freshet.event.Impression;
import io.freshet.feature.ExampleEncoder;
import io.freshet.feature.example.EncodedImpression;
import io.freshet.feature.example.LabeledExample;
import io.freshet.lab.replay.mapping.ReplayRow;
import io.freshet.model.batch.Predictions;
import io.freshet.model.learn.LocalLearner;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/** One pass of the single-thread learner over a stream, and of the linear reference. */
final class LocalQuality {
  private static final int LEAST_FIRST = 1000;
  private static final int FIRST_BATCHES = 4;

  private final QualityStream stream;
  private final LearnerConfig config;
  private final ExampleEncoder encoder;
  private final LocalLearner learner;
  private final LinearFtrl linear;
  private final PredictedStream predicted = new PredictedStream();
  private final PredictedStream reference = new PredictedStream();
  private final List<LabeledExample> batch = new ArrayList<>();

  /** The learner's figures, and those of logistic regression. */
  record Result(QualityFigures learner, QualityFigures linear) {}

  LocalQuality(QualityStream stream, List<String> overrides) {
    this.stream = stream;
    config = stream.config(overrides);
    encoder = new ExampleEncoder(config.features());
    learner = new LocalLearner(config.features(), config.model(), config.train().learning());
    linear = new LinearFtrl(stream.data().fields());
  }

  /** Learns the stream, or its first examples. */
  Result run(int most) throws IOException {
    Iterator<ReplayRow> rows = stream.data().rows();
    for (int n = 0; n < most && rows.hasNext(); n++) {
      ReplayRow row = rows.next();
      batch.add(example(row));
      reference.add(row.clicked(), linear.learn(row.features(), row.clicked()));
      if (batch.size() == config.train().batchSize()) {
        learn();
      }
    }
    learn();
    learner.flushDense();
    int first = first(config.train().batchSize(), 1);
    return new Result(predicted.figures(first, learner.skipped()), reference.figures(first, 0));
  }

  /** How many examples {@code rel} leaves out. */
  static int first(int batchSize, int trainers) {
    return Math.max(LEAST_FIRST, FIRST_BATCHES * batchSize * trainers);
  }

  private void learn() {
    Predictions predictions = learner.learn(batch);
    for (int i = 0; i < predictions.size(); i++) {
      predicted.add(predictions.labels()[i] > 0, predictions.probabilities()[i]);
    }
    batch.clear();
  }

  private LabeledExample example(ReplayRow row) {
    FeatureValues features = FeatureValues.of(encoder.names(), row.features());
    var encoded = encoder.encode(new Impression(row.id(), row.time(), 1, features));
    if (encoded instanceof DecodeResult.Rejected<EncodedImpression> rejected) {
      throw new IllegalStateException(
          "%s, %s: %s".formatted(stream.name(), row.id(), rejected.rejection().reason()));
    }
    float label = row.clicked() ? 1 : 0;
    return ((DecodeResult.Good<EncodedImpression>) encoded).value().labeled(label, row.time());
  }
}
