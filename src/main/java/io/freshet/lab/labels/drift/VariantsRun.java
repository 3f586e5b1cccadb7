package io.freshet.lab.labels.drift;

import io.freshet.config.LearnerConfig;
import io.freshet.evaluate.offline.ScoredExamples;
import io.freshet.feature.FeatureSchema;
import io.freshet.feature.ImpressionHash;
import io.freshet.feature.example.LabeledExample;
import io.freshet.join.JoinSettings;
import io.freshet.join.LabelDefinition;
import io.freshet.lab.labels.LabelTraffic;
import io.freshet.lab.labels.LabelTraffic.Secret;
import io.freshet.lab.labels.Scores;
import io.freshet.lab.labels.StreamRun;
import io.freshet.lab.labels.drift.DriftOptions.DriftSettings;
import io.freshet.model.learn.LocalLearner;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Learners of different settings that follow one stream of drifting tastes: what each predicts of
 * an example just before it learns it.
 */
final class VariantsRun extends StreamRun {
  private static final long MINUTE = Duration.ofMinutes(1).toMillis();

  private final long from; // when measuring begins
  private final long last; // when the last days begin
  private final List<Variant> variants;

  /** A learner, its scores, and its predictions of the last days. */
  static final class Variant {
    final String name;
    final Scores all = new Scores();
    final Scores last = new Scores();
    final ScoredExamples examples = new ScoredExamples();
    private final LocalLearner learner;

    private Variant(String name, FeatureSchema schema, LearnerConfig config) {
      this.name = name;
      learner = new LocalLearner(schema, config.model(), config.train().learning());
    }
  }

  /** The last days are also measured by themselves. */
  VariantsRun(DriftSettings settings, int lastDays, List<String> names, List<LearnerConfig> each) {
    super(
        settings.traffic(),
        JoinSettings.DEFAULT.withDefinition(LabelDefinition.click("clicks", DriftOptions.WINDOW)));
    long start = LabelTraffic.time(traffic.events().get(0));
    from = start + settings.warmUp() * DriftRun.DAY;
    last = start + (settings.days() - lastDays) * DriftRun.DAY;
    variants = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      variants.add(new Variant(names.get(i), traffic.schema(), each.get(i)));
    }
  }

  List<Variant> run() {
    long next = LabelTraffic.time(traffic.events().get(0)) + MINUTE;
    for (Object event : traffic.events()) {
      for (; LabelTraffic.time(event) >= next; next += MINUTE) {
        join.advanceTo(next - 1);
        learn();
      }
      join(LabelTraffic.time(event), event);
    }
    end();
    return variants;
  }

  @Override
  protected void learn(List<LabeledExample> batch) {
    for (Variant variant : variants) {
      float[] probabilities = variant.learner.learn(batch).probabilities();
      for (int i = 0; i < probabilities.length; i++) {
        add(variant, batch.get(i), probabilities[i]);
      }
    }
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
}
