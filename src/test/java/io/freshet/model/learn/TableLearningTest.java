package io.freshet.model.learn;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.feature.CategoricalField;
import io.freshet.feature.FeatureSchema;
import io.freshet.feature.Fids;
import io.freshet.feature.ImpressionHash;
import io.freshet.feature.example.Example;
import io.freshet.feature.example.LabeledExample;
import io.freshet.model.Admission;
import io.freshet.model.LearningSettings;
import io.freshet.model.ModelSettings;
import io.freshet.model.TableSettings;
import io.freshet.model.TableSettings.FieldRule;
import io.freshet.model.TableSettings.Rule;
import io.freshet.model.batch.Predictions;
import io.freshet.model.row.TableCounts;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows that features wait for and lose, as the plain learner has them. */
final class TableLearningTest {
  private static final FeatureSchema SCHEMA =
      new FeatureSchema(
          List.of(new CategoricalField("user", 1), new CategoricalField("item", 2)), "user");
  private static final ModelSettings MODEL = ModelSettings.deepFm(4, List.of(8), 0, 42);

  @Test
  void usageExample() {
    LocalLearner learner = learner(new Admission.Counted(2), Duration.ZERO);

    for (int i = 0; i < 3; i++) {
      learner.learn(List.of(example(i, 5, 7)));
    }

    assertThat(learner.updates(learner.find(Fids.of(2, 7)))).isOne();
    assertThat(learner.tableCounts().notAdmitted()).isEqualTo(2);
  }

  @Test
  void whatHasNoRowCountsAsZeroAndMovesNothing() {
    LocalLearner waiting = learner(new Admission.Counted(1000), Duration.ZERO);
    LocalLearner zero = learner(new Admission.Counted(1000), Duration.ZERO);

    for (int i = 0; i < 50; i++) {
      Predictions one = waiting.learn(List.of(example(i, i % 5, 7)));
      Predictions other = zero.learn(List.of(example(i, i % 5, 9 + 2 * i)));
      assertThat(one.probabilities()).containsExactly(other.probabilities());
    }

    assertThat(waiting.find(Fids.of(2, 7))).isEqualTo(-1);
    assertThat(waiting.finished(waiting.find(Fids.of(1, 0))))
        .containsExactly(zero.finished(zero.find(Fids.of(1, 0))));
  }

  @Test
  void thePredictorReadsWhatTheLearnerReads() {
    LocalLearner learner = learner(new Admission.Counted(3), Duration.ZERO);
    for (int i = 0; i < 40; i++) {
      LabeledExample example = example(i, i % 5, i % 20);
      float predicted = learner.predictor().predict(example.example());

      assertThat(learner.learn(List.of(example)).probabilities()).containsExactly(predicted);
    }
  }

  @Test
  void chanceHangsOnTheImpressionAndTheFeatureAlone() {
    LocalLearner learner = learner(new Admission.Chance(0.3), Duration.ZERO);
    int admitted = 0;
    for (int i = 0; i < 500; i++) {
      learner.learn(List.of(example(i, 5, 1000 + i)));
      boolean drawn = ImpressionHash.admits("i" + i, Fids.of(2, 1000 + i), 0.3);
      assertThat(learner.find(Fids.of(2, 1000 + i)) >= 0).isEqualTo(drawn);
      admitted += drawn ? 1 : 0;
    }

    assertThat(admitted).isBetween(110, 190);
  }

  /** Against maps, for the rules of each field. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void rowsAndCountsAreThoseOfTheRules(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Reference reference = new Reference();
    LocalLearner learner = learner(new Admission.Counted(3), Duration.ofMillis(60));
    long occurrences = 0;
    int number = 0;
    for (int batch = 0; batch < 300; batch++) {
      List<LabeledExample> examples = new ArrayList<>();
      for (int i = random.nextInt(8); i >= 0; i--) {
        number += random.nextInt(6);
        examples.add(example(number, random.nextInt(5), random.nextInt(60)));
        occurrences += 3;
      }
      learner.learn(examples);
      reference.learn(examples);
      assertThat(items(learner)).as("seed %d, batch %d", seed, batch).isEqualTo(reference.rows);
    }

    TableCounts counts = learner.tableCounts();
    assertThat(counts.notAdmitted()).isEqualTo(reference.notAdmitted).isPositive();
    assertThat(counts.expired()).isEqualTo(reference.expired).isPositive();
    long updates = 0;
    for (int row = 0; row < learner.rows(); row++) {
      updates += learner.find(learner.fid(row)) < 0 ? 0 : learner.updates(row);
    }
    assertThat(updates + counts.goneUpdates() + counts.notAdmitted())
        .as("seed %d", seed)
        .isEqualTo(occurrences);
  }

  private static Map<Long, Long> items(LocalLearner learner) {
    Map<Long, Long> items = new HashMap<>();
    for (int row = 0; row < learner.rows(); row++) {
      long fid = learner.fid(row);
      if (Fids.field(fid) == 2 && learner.find(fid) >= 0) {
        items.put(fid, learner.updates(row));
      }
    }
    return items;
  }

  private static LocalLearner learner(Admission ofItems, Duration expiry) {
    TableSettings table =
        new TableSettings(
            Rule.NONE,
            List.of(
                new FieldRule(1, "user", Rule.NONE),
                new FieldRule(2, "item", new Rule(ofItems, expiry))),
            TableSettings.UNBOUNDED,
            TableSettings.SKETCH_BYTES);
    return new LocalLearner(SCHEMA, MODEL, LearningSettings.DEFAULT.withTable(table));
  }

  private static LabeledExample example(int number, long user, long item) {
    long[] fids = {Fids.BIAS, Fids.of(1, user), Fids.of(2, item)};
    Example features = new Example(user, fids, new float[] {1, 1, 1});
    return new LabeledExample("i" + number, number, item % 2, 1, features);
  }

  /** Items' rows by the rules: three occurrences, and 60 ms unseen. */
  private static final class Reference {
    final Map<Long, Long> rows = new HashMap<>();
    private final Map<Long, Long> waiting = new HashMap<>();
    private final Map<Long, Long> lastSeen = new HashMap<>();
    private long now = Long.MIN_VALUE;
    private long notAdmitted;
    private long expired;

    void learn(List<LabeledExample> examples) {
      Map<Long, Long> counts = new HashMap<>();
      examples.forEach(e -> counts.merge(e.example().fids()[2], 1L, Long::sum));
      for (long fid : counts.keySet()) {
        if (rows.containsKey(fid) && lastSeen.get(fid) < now - 60) {
          rows.remove(fid);
          expired++;
        }
      }
      long time = examples.stream().mapToLong(LabeledExample::time).max().orElseThrow();
      now = Math.max(now, time);
      counts.forEach(
          (fid, count) -> {
            if (rows.containsKey(fid)) {
              rows.merge(fid, count, Long::sum);
            } else {
              notAdmitted += count;
              boolean known = lastSeen.getOrDefault(fid, now) >= now - 60;
              long all = count + (known ? waiting.getOrDefault(fid, 0L) : 0);
              waiting.put(fid, all >= 3 ? 0 : all);
              if (all >= 3) {
                rows.put(fid, 0L);
              }
            }
            lastSeen.put(fid, time);
          });
    }
  }
}
