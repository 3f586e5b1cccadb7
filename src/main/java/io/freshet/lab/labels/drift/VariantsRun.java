package io.freshet.lab.labels.drift;

import io.freshet.config.LearnerConfig;
import io.freshet.evaluate.offline.ScoredExamples;
import io.freshet.event.Click;
import io.freshet.feature.EncodedImpression;
import io.freshet.feature.FeatureSchema;
import io.freshet.feature.ImpressionHash;
import io.freshet.feature.example.LabeledExample;
import io.freshet.join.FinalLabel;
import io.freshet.join.JoinOutput;
import io.freshet.join.JoinSettings;
import io.freshet.join.LabelDefinition;
import io.freshet.join.operator.LocalJoin;
import io.freshet.lab.labels.LabelTraffic;
import io.freshet.lab.labels.LabelTraffic.Secret;
import io.freshet.lab.labels.Scores;
import io.freshet.model.learn.LocalLearner;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Learners of different settings that follow one stream of drifting tastes, in event time and in
 * one thread: what each predicts of an example just before it learns it.
 */
final class VariantsRun implements JoinOutput {
  private static final long MINUTE = Duration.ofMinutes(1).toMillis();
  private static final int BATCH = 64;

  private final LabelTraffic traffic;
  private final long from; // when measuring begins
  private final long last; // when the last days begin
  private final List<Variant> variants;
  private final LocalJoin join;
  private final List<LabeledExample> batch = new ArrayList<>();

  /** One of them, and what came of it. */
  static final class Variant {
    private final String name;
    private final LocalLearner learner;
    private final Scores all = new Scores();
    private final Scores last = new Scores();
    private final ScoredExamples examples = new ScoredExamples(); // of the last days

    private Variant(String name, FeatureSchema schema, LearnerConfig config) {
      this.name = name;
      learner = new LocalLearner(schema, config.model(), config.train().learning());
    }

    String name() {
      return name;
    }

    /** Of all measured days. */
    Scores all() {
      return all;
    }

    /** Of the last days. */
    Scores last() {
      return last;
    }

    /** Of the last days. */
    ScoredExamples examples() {
      return examples;
    }
  }

  /**
   * A run.
   *
   * @param settings the stream, and days that are not measured
   * @param lastDays that are measured by themselves too
   */
  VariantsRun(DriftSettings settings, int lastDays, List<String> names, List<LearnerConfig> each) {
    traffic = settings.traffic();
    long start = LabelTraffic.time(traffic.events().get(0));
    from = start + settings.warmUp() * DriftRun.DAY;
    last = start + (settings.days() - lastDays) * DriftRun.DAY;
    variants = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      variants.add(new Variant(names.get(i), traffic.schema(), each.get(i)));
    }
    LabelDefinition click = LabelDefinition.click("clicks", DriftSettings.WINDOW);
    join = new LocalJoin(JoinSettings.DEFAULT.with(click), this);
  }

  List<Variant> run() {
    long next = LabelTraffic.time(traffic.events().get(0)) + MINUTE;
    for (Object event : traffic.events()) {
      for (; LabelTraffic.time(event) >= next; next += MINUTE) {
        join.advanceTo(next - 1);
        learn();
      }
      join.advanceTo(LabelTraffic.time(event) - 1);
      if (event instanceof EncodedImpression impression) {
        join.impression(impression);
      } else if (event instanceof Click click) {
        join.click(click);
      }
    }
    join.advanceTo(Long.MAX_VALUE);
    learn();
    return variants;
  }

  @Override
  public void example(LabeledExample example) {
    batch.add(example);
    if (batch.size() == BATCH) {
      learn();
    }
  }

  private void learn() {
    for (Variant variant : variants) {
      float[] probabilities = variant.learner.learn(batch).probabilities();
      for (int i = 0; i < probabilities.length; i++) {
        add(variant, batch.get(i), probabilities[i]);
      }
    }
    batch.clear();
  }

  private void add(Variant variant, LabeledExample example, float probability) {
    long key = ImpressionHash.key(example.impressionId());
    Secret secret = traffic.truths().get(key);
    if (secret.time() >= from) {
      variant.all.add(secret, probability);
    }
    if (secret.time() >= last) {
      variant.last.add(secret, probability);
      long user = example.example().user();
      variant.examples.put(key, secret.time(), user, secret.clicked() ? 1 : 0, 1, probability);
    }
  }

  @Override
  public void lateClick(Click click) {}

  @Override
  public void finalLabel(FinalLabel label) {}
}
