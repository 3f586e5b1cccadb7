package io.freshet.lab.labels;

import io.freshet.event.Click;
import io.freshet.feature.EncodedImpression;
import io.freshet.feature.example.LabeledExample;
import io.freshet.feature.example.LabeledExample.Kind;
import io.freshet.join.FinalLabel;
import io.freshet.join.JoinOutput;
import io.freshet.join.JoinSettings;
import io.freshet.join.operator.LocalJoin;
import io.freshet.model.LearningSettings;
import io.freshet.model.ModelSettings;
import io.freshet.model.batch.Predictions;
import io.freshet.model.learn.LocalLearner;
import java.util.ArrayList;
import java.util.List;

/**
 * One learner through an outage of the clicks, by the same join as in the job. Time runs on with
 * the impressions, as it does where some clicks still come.
 *
 * <p>Each impression is predicted when it arrives, by the model as it is then: what was learned
 * late does not help it. Predictions are scored by the phase of the outage.
 */
final class OutageRun implements JoinOutput {
  private static final int BATCH = 64;

  private final OutageTraffic traffic;
  private final JoinSettings join;
  private final LocalLearner learner;
  private final List<Scores> phases = new ArrayList<>();
  private final List<LabeledExample> batch = new ArrayList<>();
  private long learned;
  private long lost;

  OutageRun(OutageTraffic traffic, JoinSettings join) {
    this.traffic = traffic;
    this.join = join;
    for (int i = 0; i < OutageTraffic.PHASES.size(); i++) {
      phases.add(new Scores());
    }
    learner =
        new LocalLearner(
            traffic.schema(),
            ModelSettings.DEFAULT,
            LearningSettings.DEFAULT.withLabels(join.labels()));
  }

  OutageRun run() {
    LocalJoin local = new LocalJoin(join, this);
    for (OutageTraffic.Arrival arrival : traffic.arrivals()) {
      local.advanceTo(arrival.time() - 1);
      if (arrival.event() instanceof EncodedImpression impression) {
        add(prediction(impression));
        local.impression(impression);
      } else if (arrival.event() instanceof Click click) {
        local.click(click);
      }
    }
    local.advanceTo(Long.MAX_VALUE);
    learn();
    lost = local.lost();
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
  public void example(LabeledExample example) {
    add(example);
  }

  private void add(LabeledExample example) {
    batch.add(example);
    if (batch.size() == BATCH) {
      learn();
    }
  }

  private void learn() {
    Predictions predictions = learner.learn(batch);
    learned += predictions.learned();
    batch.clear();
    for (int i = 0; i < predictions.scoredKeys().length; i++) {
      LabelTraffic.Secret secret = traffic.truths().get(predictions.scoredKeys()[i]);
      int phase = traffic.phase(secret.time());
      if (phase >= 0) {
        phases.get(phase).add(secret, predictions.scores()[i]);
      }
    }
  }

  @Override
  public void lateClick(Click click) {}

  @Override
  public void finalLabel(FinalLabel label) {}

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
