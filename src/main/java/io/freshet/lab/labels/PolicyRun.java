package io.freshet.lab.labels;

import io.freshet.feature.example.LabeledExample;
import io.freshet.join.JoinSettings;
import io.freshet.model.LearningSettings;
import io.freshet.model.ModelSettings;
import io.freshet.model.batch.Predictions;
import io.freshet.model.learn.LocalLearner;
import java.lang.management.ManagementFactory;
import java.util.List;

/** One learner under one policy. */
final class PolicyRun extends StreamRun {
  private final long from;
  private final LocalLearner learner;
  private final Scores scores = new Scores();
  private long learned;
  private double seconds;

  /** Scores impressions from this event time on. */
  PolicyRun(LabelTraffic traffic, long from, JoinSettings join) {
    super(traffic, join);
    this.from = from;
    learner =
        new LocalLearner(
            traffic.schema(),
            ModelSettings.DEFAULT,
            LearningSettings.DEFAULT.withLabels(join.labels()));
  }

  PolicyRun run() {
    long start = cpu();
    traffic.events().forEach(event -> join(LabelTraffic.time(event), event));
    end();
    learner.flushDense();
    seconds = (cpu() - start) / 1e9;
    return this;
  }

  private static long cpu() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }

  @Override
  protected void learn(List<LabeledExample> batch) {
    Predictions predictions = learner.learn(batch);
    learned += predictions.learned();
    eachScore(
        predictions,
        (secret, score) -> {
          if (secret.time() >= from) {
            scores.add(secret, score);
          }
        });
  }

  Scores scores() {
    return scores;
  }

  /** Examples learned; an impression counts as often as it was emitted. */
  long learned() {
    return learned;
  }

  /** CPU time of the thread. */
  double seconds() {
    return seconds;
  }
}
