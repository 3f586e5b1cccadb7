package io.freshet.model.learn;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.feature.CategoricalField;
import io.freshet.feature.FeatureSchema;
import io.freshet.feature.Fids;
import io.freshet.feature.Field;
import io.freshet.feature.ParallelField;
import io.freshet.feature.SequenceField;
import io.freshet.feature.SequenceField.Attention;
import io.freshet.feature.SequenceField.Pooling;
import io.freshet.feature.example.Example;
import io.freshet.feature.example.LabeledExample;
import io.freshet.model.LearningSettings;
import io.freshet.model.ModelSettings;
import io.freshet.model.batch.Predictions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * A planted effect: an item is clicked with 80 % if it is of the same group as one of the last
 * eight, else with 20 %. The mean of the eight hides it; attention to the item finds it. Where of
 * the eight only those count that were bought, a list of actions along them says which.
 */
class AttentionLearningTest {
  private static final int ITEMS = 60;
  private static final int GROUPS = 20;
  private static final int LENGTH = 8;
  private static final int EXAMPLES = 60_000;
  private static final int JUDGED = 15_000; // the last
  private static final double BEST = -0.8 * Math.log(0.8) - 0.2 * Math.log(0.2);

  @Test
  void attentionFindsWhatTheMeanHides() {
    double mean = logloss(new SequenceField("recent", 3, "item", LENGTH, Pooling.MEAN));
    double din = logloss(attending(new Attention("item", 36, false)));
    double dot = logloss(attending(new Attention("item", 0, true)));

    assertThat(List.of(din, dot))
        .as("mean %s, best %s", mean, BEST)
        .allMatch(loss -> loss < mean - 0.01);
  }

  @Test
  void attentionFindsWhatAListAlongASequenceSays() {
    SequenceField recent = attending(new Attention("item", 36, true));
    Field action = new ParallelField("action", 4, "recent", "", "", false);

    double without = logloss(true, recent);
    double with = logloss(true, recent, action);

    assertThat(with).as("without %s, best %s", without, BEST).isLessThan(without - 0.01);
  }

  private static SequenceField attending(Attention attention) {
    return new SequenceField("recent", 3, "item", LENGTH, Pooling.ATTENTION, attention);
  }

  private static double logloss(SequenceField recent) {
    return logloss(false, recent);
  }

  /**
   * Of the last examples, each predicted before it is learned.
   *
   * @param bought whether only what was bought counts
   */
  private static double logloss(boolean bought, Field... recent) {
    List<Field> fields =
        new ArrayList<>(List.of(new CategoricalField("user", 1), new CategoricalField("item", 2)));
    fields.addAll(List.of(recent));
    FeatureSchema schema = new FeatureSchema(fields, "user");
    LocalLearner learner =
        new LocalLearner(
            schema, ModelSettings.deepFm(8, List.of(32), 0, 42), LearningSettings.DEFAULT);
    Random random = new Random(7);
    double loss = 0;
    for (int from = 0; from < EXAMPLES; from += 256) {
      List<LabeledExample> batch = new ArrayList<>();
      for (int i = from; i < from + 256; i++) {
        batch.add(example(i, bought, recent.length - 1, random));
      }
      Predictions predictions = learner.learn(batch);
      for (int i = 0; from >= EXAMPLES - JUDGED && i < predictions.size(); i++) {
        double p = predictions.probabilities()[i];
        loss -= Math.log(predictions.labels()[i] == 1 ? p : 1 - p) / JUDGED;
      }
    }
    return loss;
  }

  private static LabeledExample example(int i, boolean bought, int lists, Random random) {
    int user = random.nextInt(500);
    int item = random.nextInt(ITEMS);
    long[] fids = new long[3 + (1 + lists) * LENGTH];
    float[] values = new float[fids.length];
    fids[0] = Fids.BIAS;
    fids[1] = Fids.of(1, 1 + user);
    fids[2] = Fids.of(2, 1 + item);
    Arrays.fill(values, 1f / LENGTH);
    values[0] = values[1] = values[2] = 1;
    boolean isSame = false;
    for (int j = 0; j < LENGTH; j++) {
      int other = random.nextInt(ITEMS);
      int action = bought ? random.nextInt(2) : 1;
      isSame |= action == 1 && other % GROUPS == item % GROUPS;
      fids[3 + j] = Fids.of(3, 1 + other);
      if (lists > 0) {
        fids[3 + LENGTH + j] = Fids.of(4, 1 + action);
      }
    }
    float label = random.nextDouble() < (isSame ? 0.8 : 0.2) ? 1 : 0;
    return new LabeledExample("i" + i, i, label, 1, new Example(user, fids, values));
  }
}
