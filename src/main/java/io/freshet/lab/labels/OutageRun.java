package io.freshet.lab.labels;

import io.freshet.feature.example.EncodedImpression;
import io.freshet.feature.example.LabeledExample;
import io.freshet.feature.example.LabeledExample.Kind;
import io.freshet.join.JoinSettings;
import io.freshet.model.LearningSettings;
import io.freshet.model.ModelSettings;
import io.freshet.model.batch.Predictions;
import io.freshet.model.learn.LocalLearner;
import java.util.List;
import java.util.stream.Stream;

/**
 * One learner through an outage of the clicks. Time advances with the impressions, as it does where
 * some clicks still come.
 *
 * <p>Each impression is predicted when it arrives, by the model of that moment, and scored by its
 * phase of the outage.
 */
final class OutageRun extends StreamRun {
  private final OutageTraffic outage;
  private final LocalLearner learner;
  private final List<Scores> phases =
      Stream.generate(Scores::new).limit(OutageTraffic.PHASES.size()).toList();
  private long learned;
  private long lost;

  OutageRun(OutageTraffic outage, JoinSettings join) {
    super(outage.traffic(), join);
    this.outage = outage;
    learner =
        new LocalLearner(
            traffic.schema(),
            ModelSettings.DEFAULT,
            LearningSettings.DEFAULT.withLabels(join.labels()));
  }

  OutageRun run() {
    for (OutageTraffic.Arrival arrival : outage.arrivals()) {
      join.advanceTo(arrival.time() - 1);
      if (arrival.event() instanceof EncodedImpression impression) {
        example(prediction(impression));
      }
      join(arrival.time(), arrival.event());
    }
    end();
    lost = join.lost();
    return this;
  }

  private static LabeledExample prediction(EncodedImpression impression) {
    return new LabeledExample(
        impression.id(),
        impression.timestamp(),
        0,
        impression.weight(),
        impression.example(),
        Kind.PREDICTION,
        0,
        true);
  }

  @Override
  protected void learn(List<LabeledExample> batch) {
    Predictions predictions = learner.learn(batch);
    learned += predictions.learned();
    eachScore(
        predictions,
        (secret, score) -> {
          int phase = outage.phase(secret.time());
          if (phase >= 0) {
            phases.get(phase).add(secret, score);
          }
        });
  }

  /** By phase, in the order of {@link OutageTraffic#PHASES}. */
  List<Scores> phases() {
    return phases;
  }

  long learned() {
    return learned;
  }

  long lost() {
    return lost;
  }
}
