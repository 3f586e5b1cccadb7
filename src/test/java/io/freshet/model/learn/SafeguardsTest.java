package io.freshet.model.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.freshet.feature.CategoricalField;
import io.freshet.feature.FeatureSchema;
import io.freshet.feature.Fids;
import io.freshet.feature.Field;
import io.freshet.feature.NumericField;
import io.freshet.feature.NumericField.Transform;
import io.freshet.feature.example.Example;
import io.freshet.feature.example.LabeledExample;
import io.freshet.model.LearningSettings;
import io.freshet.model.ModelKind;
import io.freshet.model.ModelSettings;
import io.freshet.model.Safeguards;
import io.freshet.model.Safeguards.StepCaps;
import io.freshet.model.optimizer.Adagrad;
import io.freshet.model.optimizer.Adam;
import io.freshet.model.optimizer.Momentum;
import io.freshet.model.optimizer.OptimizerSettings;
import io.freshet.model.optimizer.Sgd;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SafeguardsTest {
  private static final int FIELDS = 40;
  private static final FeatureSchema SCHEMA = schema();

  @Test
  void theFirstPredictionsAreTheBaseRate() {
    LocalLearner learner =
        new LocalLearner(SCHEMA, ModelSettings.DEFAULT, LearningSettings.DEFAULT);
    Random random = new Random(1);
    double sum = 0;
    for (int i = 0; i < 20; i++) {
      List<LabeledExample> examples = examples(random, 64);
      for (float probability : learner.learn(examples).probabilities()) {
        sum += i > 4 ? probability : 0;
      }
    }

    assertThat(sum / (15 * 64)).isCloseTo(0.02, within(0.015));
  }

  /** One example, learned again and again at rates that are far too high. */
  @ParameterizedTest
  @ValueSource(strings = {"sgd", "adagrad", "momentum", "adam"})
  void oneExamplesLogitMovesByNoMoreThanTheCaps(String kind) {
    OptimizerSettings optimizer =
        switch (kind) {
          case "sgd" -> new Sgd(50);
          case "adagrad" -> new Adagrad(50, 1e-6f);
          case "momentum" -> new Momentum(50, 0.5f);
          default -> new Adam(50, 0.9f, 0.999f, 1e-8f, 0);
        };
    Safeguards capped = new Safeguards(false, false, false, new StepCaps(0.25f, 1, 1));
    LocalLearner learner =
        new LocalLearner(
            SCHEMA,
            ModelSettings.deepFm(4, List.of(16), 0, 3),
            LearningSettings.DEFAULT
                .withOptimizers(optimizer, optimizer, optimizer)
                .withDenseStepSize(1)
                .withSafeguards(capped));
    Random random = new Random(2);
    LabeledExample example = examples(random, 1).get(0);
    double before = logit(learner, example);
    for (int step = 0; step < 30; step++) {
      learner.learn(List.of(example));
      double after = logit(learner, example);
      assertThat(Math.abs(after - before)).as("step %s of %s", step, kind).isLessThan(4);
      before = after;
    }

    assertThat(1 / (1 + Math.exp(-before))).isCloseTo(example.label(), within(0.3f * 1.0));
  }

  @Test
  void firstOrderWeightsMoveFurtherWhereThereIsNothingElse() {
    StepCaps caps = new StepCaps(0.25f, 2, 1);

    assertThat(caps.of(ModelKind.LR).firstOrder()).isEqualTo(1);
    assertThat(caps.of(ModelKind.DEEPFM)).isEqualTo(caps);
  }

  @Test
  void aStepThatDoesNotMoveTooMuchIsTakenWhole() {
    assertThat(StepCaps.share(0.25f, 4, 1)).isEqualTo(1);
    assertThat(StepCaps.share(0.25f, 4, 2)).isEqualTo(0.5f);
    assertThat(StepCaps.share(Float.POSITIVE_INFINITY, 4, 1e30)).isEqualTo(1);
    assertThat(StepCaps.share(1, 0, 0)).isEqualTo(1);
  }

  /** Its weight makes the gradients of all its rows too large. */
  @Test
  void anExampleThatIsRefusedByManyRowsIsReportedOnce() {
    List<String> skipped = new ArrayList<>();
    List<String> reasons = new ArrayList<>();
    LearningSettings learning = LearningSettings.DEFAULT.withSafeguards(Safeguards.OFF);
    LocalLearner learner =
        new LocalLearner(
            SCHEMA,
            new ModelSettings(ModelKind.LR, 0, List.of(), 0, 0, 42),
            learning,
            (example, reason) -> {
              skipped.add(example.impressionId());
              reasons.add(reason);
            });
    Random random = new Random(4);
    LabeledExample good = examples(random, 1).get(0);
    float[] values = good.example().values().clone();
    Arrays.fill(values, 1, 30, 1e14f);
    Example huge = new Example(1, good.example().fids(), values);

    learner.learn(List.of(good, new LabeledExample("huge", 5, 1, 9e4f, huge)));

    assertThat(skipped).containsExactly("i0", "huge"); // both hold the bias
    assertThat(reasons).allMatch(reason -> reason.startsWith("learned in part"));
    assertThat(learner.skipped()).isEqualTo(2);
  }

  private static double logit(LocalLearner learner, LabeledExample example) {
    double p = learner.predictor().predict(example.example());
    return Math.log(p / (1 - p));
  }

  private static List<LabeledExample> examples(Random random, int n) {
    List<LabeledExample> examples = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      long[] fids = new long[1 + FIELDS];
      float[] values = new float[1 + FIELDS];
      values[0] = 1;
      for (int f = 1; f <= FIELDS; f++) {
        boolean number = f > FIELDS - 10;
        fids[f] = number ? Fids.number(f) : Fids.of(f, 100 + random.nextInt(50));
        values[f] = number ? 1000 * random.nextFloat() : 1;
      }
      float label = random.nextInt(50) == 0 ? 1 : 0;
      examples.add(
          new LabeledExample("i" + i, i, label, 1, new Example(random.nextLong(), fids, values)));
    }
    return examples;
  }

  private static FeatureSchema schema() {
    List<Field> fields = new ArrayList<>();
    for (int f = 1; f <= FIELDS; f++) {
      fields.add(
          f > FIELDS - 10
              ? new NumericField("f" + f, f, new Transform.Auto())
              : new CategoricalField("f" + f, f));
    }
    return new FeatureSchema(fields, "f1");
  }
}
