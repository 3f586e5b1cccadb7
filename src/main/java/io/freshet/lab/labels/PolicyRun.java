package io.freshet.lab.labels;

import io.freshet.event.Click;
import io.freshet.feature.EncodedImpression;
import io.freshet.feature.example.LabeledExample;
import io.freshet.join.FinalLabel;
import io.freshet.join.JoinOutput;
import io.freshet.join.JoinSettings;
import io.freshet.join.operator.LocalJoin;
import io.freshet.model.LearningSettings;
import io.freshet.model.ModelSettings;
import io.freshet.model.batch.Predictions;
import io.freshet.model.learn.LocalLearner;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;

/**
 * One learner under one policy: events go through the same join as in the job, in event time, and
 * what it tells is learned in batches by the plain learner. No Kafka and no Flink, so that an hour
 * of traffic takes a second.
 */
final class PolicyRun implements JoinOutput {
  private static final int BATCH = 64;

  private final LabelTraffic traffic;
  private final long from;
  private final JoinSettings join;
  private final LocalLearner learner;
  private final Scores scores = new Scores();
  private final List<LabeledExample> batch = new ArrayList<>();
  private long learned;
  private double seconds;

  /**
   * @param from the event time from which impressions are measured
   */
  PolicyRun(LabelTraffic traffic, long from, JoinSettings join) {
    this.traffic = traffic;
    this.from = from;
    this.join = join;
    learner =
        new LocalLearner(
            traffic.schema(),
            ModelSettings.DEFAULT,
            LearningSettings.DEFAULT.withLabels(join.labels()));
  }

  PolicyRun run() {
    long start = cpu();
    LocalJoin local = new LocalJoin(join, this);
    for (Object event : traffic.events()) {
      local.advanceTo(LabelTraffic.time(event) - 1);
      if (event instanceof EncodedImpression impression) {
        local.impression(impression);
      } else if (event instanceof Click click) {
        local.click(click);
      }
    }
    local.advanceTo(Long.MAX_VALUE);
    learn();
    learner.flushDense();
    seconds = (cpu() - start) / 1e9;
    return this;
  }

  private static long cpu() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }

  @Override
  public void example(LabeledExample example) {
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
      if (secret.time() >= from) {
        scores.add(secret, predictions.scores()[i]);
      }
    }
  }

  @Override
  public void lateClick(Click click) {}

  @Override
  public void finalLabel(FinalLabel label) {}

  Scores scores() {
    return scores;
  }

  /** Examples learned, an impression counting as often as it was told. */
  long learned() {
    return learned;
  }

  /** CPU time of the thread. */
  double seconds() {
    return seconds;
  }
}
