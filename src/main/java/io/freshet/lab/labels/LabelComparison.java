package io.freshet.lab.labels;

import io.freshet.evaluate.report.Metrics;
import io.freshet.feature.example.LabelPolicy;
import io.freshet.feature.example.LabelSettings;
import io.freshet.join.JoinSettings;
import java.time.Duration;
import java.util.Locale;
import java.util.function.Consumer;

/** Every policy on one stream, beside the best that could be told and nothing told any more. */
final class LabelComparison {
  static final Duration WINDOW = Duration.ofMinutes(30);

  private final LabelConditions conditions;
  private final Duration shortWait;

  /**
   * One run.
   *
   * @param closed share of the gap between knowing the click rate alone and being told at once
   */
  record Row(String what, double drift, Duration delay, Scores scores, double closed) {
    Metrics metrics() {
      return scores.metrics();
    }
  }

  LabelComparison(LabelConditions conditions, Duration shortWait) {
    this.conditions = conditions;
    this.shortWait = shortWait;
  }

  /** Runs all on clicks of this mean delay; rows as they are found. */
  void run(Duration delay, Consumer<Row> rows) {
    LabelTraffic traffic = LabelTraffic.of(conditions, delay, WINDOW);
    long from = traffic.middle();
    BestRun best = new BestRun(traffic, from).run();
    Row told = row("told at once", delay, best.told(), best);
    rows.accept(told);
    for (LabelPolicy policy : LabelPolicy.values()) {
      LabelSettings labels = LabelSettings.of(policy).withShortWait(shortWait);
      JoinSettings join = JoinSettings.DEFAULT.with(labels).withScoredShare(1);
      Scores scores = new PolicyRun(traffic, from, join).run().scores();
      rows.accept(row(name(policy), delay, scores, best));
    }
    rows.accept(row("told no more", delay, best.frozen(), best));
  }

  private Row row(String what, Duration delay, Scores scores, BestRun best) {
    return new Row(what, conditions.drift(), delay, scores, scores.shareOf(best.told()));
  }

  static String name(LabelPolicy policy) {
    return policy.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
