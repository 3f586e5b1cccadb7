package io.freshet.lab.labels;

import io.freshet.evaluate.report.Metrics;
import io.freshet.feature.example.EncodedImpression;
import io.freshet.feature.example.LabelPolicy;
import io.freshet.feature.example.LabelSettings;
import io.freshet.feature.example.LabeledExample;
import io.freshet.feature.example.LabeledExample.Kind;
import io.freshet.join.JoinSettings;
import io.freshet.lab.labels.LabelTraffic.Secret;
import io.freshet.model.LearningSettings;
import io.freshet.model.ModelSettings;
import io.freshet.model.kind.Predictor;
import io.freshet.model.learn.LocalLearner;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/** Every policy on one stream, with the best possible learner and the one that stops learning. */
final class LabelComparison {
  static final Duration WINDOW = Duration.ofMinutes(30);

  private final LabelTraffic.Conditions conditions;
  private final Duration shortWait;

  /**
   * One run.
   *
   * @param closed share of the gap between knowing the click rate alone and getting labels at once
   */
  record Row(String what, double drift, Duration delay, Scores scores, double closed) {
    Metrics metrics() {
      return scores.metrics();
    }
  }

  LabelComparison(LabelTraffic.Conditions conditions, Duration shortWait) {
    this.conditions = conditions;
    this.shortWait = shortWait;
  }

  /** Runs all on clicks of this mean delay and emits rows as they are measured. */
  void run(Duration delay, Consumer<Row> rows) {
    LabelTraffic traffic = LabelTraffic.of(conditions, delay, WINDOW);
    long from = traffic.middle();
    BestRun best = new BestRun(traffic, from).run();
    rows.accept(row("labels at once", delay, best.atOnce, best));
    for (LabelPolicy policy : LabelPolicy.values()) {
      LabelSettings labels = LabelSettings.of(policy).withShortWait(shortWait);
      JoinSettings join = JoinSettings.DEFAULT.withLabels(labels).withScoredShare(1);
      Scores scores = new PolicyRun(traffic, from, join).run().scores();
      rows.accept(row(name(policy), delay, scores, best));
    }
    rows.accept(row("frozen", delay, best.frozen, best));
  }

  private Row row(String what, Duration delay, Scores scores, BestRun best) {
    return new Row(what, conditions.drift(), delay, scores, scores.shareOf(best.atOnce));
  }

  static String name(LabelPolicy policy) {
    return policy.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /**
   * A learner that gets each impression's final label at once, without a join, and a copy from the
   * start of the measured half that learns no more, which shows the cost of drift.
   */
  private static final class BestRun extends StreamRun {
    private final long from;
    private final LocalLearner learner;
    private final Scores atOnce = new Scores();
    private final Scores frozen = new Scores();
    private Predictor stale;

    BestRun(LabelTraffic traffic, long from) {
      super(traffic, JoinSettings.DEFAULT);
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
      Secret secret = traffic.truth(impression.id());
      if (stale != null) {
        frozen.add(secret, stale.predict(impression.example()));
      }
      float label = secret.clicked() ? 1 : 0;
      example(
          new LabeledExample(
              impression.id(),
              impression.timestamp(),
              label,
              1,
              impression.example(),
              Kind.DECIDED,
              0,
              true));
    }

    @Override
    protected void learn(List<LabeledExample> batch) {
      eachScore(
          learner.learn(batch),
          (secret, score) -> {
            if (secret.time() >= from) {
              atOnce.add(secret, score);
            }
          });
    }
  }
}
