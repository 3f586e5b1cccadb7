package io.freshet.model.learn;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.feature.CategoricalField;
import io.freshet.feature.FeatureSchema;
import io.freshet.feature.Fids;
import io.freshet.feature.Field;
import io.freshet.feature.SequenceField;
import io.freshet.feature.SequenceField.Attention;
import io.freshet.feature.SequenceField.History;
import io.freshet.feature.SequenceField.Pooling;
import io.freshet.feature.example.Example;
import io.freshet.feature.example.LabeledExample;
import io.freshet.feature.history.Histories;
import io.freshet.feature.history.LocalHistories;
import io.freshet.model.LearningSettings;
import io.freshet.model.ModelSettings;
import io.freshet.model.batch.Predictions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * A planted effect: each user is interested in one group of items at a time, and turns to another
 * after 15 impressions on average. An item of that group is clicked with 60 %, any other with 10 %.
 * A user's own row is too slow for it; what the user clicked last says it.
 */
class HistoryLearningTest {
  private static final int USERS = 300;
  private static final int ITEMS = 60;
  private static final int GROUPS = 10;
  private static final int EXAMPLES = 40_192; // batches of 256
  private static final int JUDGED = 10_240; // the last

  @Test
  void whatWasClickedLastTellsWhatTheUserIsInterestedIn() {
    double none = logloss(Optional.empty());
    double mean = logloss(Optional.of(sequence(Pooling.MEAN, null)));
    double attention =
        logloss(Optional.of(sequence(Pooling.ATTENTION, new Attention("item", 36, false))));

    assertThat(List.of(mean, attention))
        .as("without %s, of the truth %s", none, truth())
        .allMatch(loss -> loss < none - 0.02);
  }

  private static SequenceField sequence(Pooling pooling, Attention attention) {
    return new SequenceField("recent", 3, "item", 5, pooling, attention)
        .withHistory(new History("user", "item", List.of("click"), 1L << 40));
  }

  /** Of the last examples, each predicted before it is learned. */
  private static double logloss(Optional<SequenceField> recent) {
    var fields =
        new ArrayList<Field>(
            List.of(new CategoricalField("user", 1), new CategoricalField("item", 2)));
    recent.ifPresent(fields::add);
    FeatureSchema schema = new FeatureSchema(fields, "user");
    LocalLearner learner =
        new LocalLearner(
            schema, ModelSettings.deepFm(8, List.of(32), 0, 42), LearningSettings.DEFAULT);
    LocalHistories histories = new LocalHistories(Histories.of(schema));
    Stream stream = new Stream(recent.isPresent());
    double loss = 0;
    for (int from = 0; from < EXAMPLES; from += 256) {
      List<LabeledExample> batch = new ArrayList<>();
      for (int i = from; i < from + 256; i++) {
        batch.add(histories.next(stream.next(i)));
      }
      Predictions predictions = learner.learn(batch);
      for (int i = 0; from >= EXAMPLES - JUDGED && i < predictions.size(); i++) {
        double p = predictions.probabilities()[i];
        loss -= Math.log(predictions.labels()[i] == 1 ? p : 1 - p) / JUDGED;
      }
    }
    return loss;
  }

  private static double truth() {
    Stream stream = new Stream(false);
    double loss = 0;
    for (int i = 0; i < EXAMPLES; i++) {
      float label = stream.next(i).label();
      loss -=
          i < EXAMPLES - JUDGED
              ? 0
              : Math.log(label == 1 ? stream.probability : 1 - stream.probability) / JUDGED;
    }
    return loss;
  }

  private static final class Stream {
    private final Random random = new Random(7);
    private final int[] interests = new int[USERS];
    private final boolean hasSequence;
    private double probability; // of the last example

    Stream(boolean hasSequence) {
      this.hasSequence = hasSequence;
    }

    LabeledExample next(int i) {
      int user = random.nextInt(USERS);
      if (random.nextInt(15) == 0) {
        interests[user] = random.nextInt(GROUPS);
      }
      int item = random.nextInt(ITEMS);
      if (random.nextBoolean()) {
        item = item / GROUPS * GROUPS + interests[user];
      }
      probability = item % GROUPS == interests[user] ? 0.6 : 0.1;
      float label = random.nextDouble() < probability ? 1 : 0;
      long[] fids = new long[hasSequence ? 4 : 3];
      float[] values = new float[fids.length];
      fids[0] = Fids.BIAS;
      fids[1] = Fids.of(1, 1 + user);
      fids[2] = Fids.of(2, 1 + item);
      if (hasSequence) {
        fids[3] = Fids.missing(3);
      }
      Arrays.fill(values, 1);
      return new LabeledExample("i" + i, i, label, 1, new Example(user, fids, values));
    }
  }
}
