package io.freshet.model.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.freshet.feature.Fids;
import io.freshet.feature.example.Example;
import io.freshet.feature.example.LabeledExample;
import io.freshet.model.LearningSettings;
import io.freshet.model.ModelSettings;
import io.freshet.model.batch.Examples;
import io.freshet.model.batch.Predictions;
import io.freshet.model.kind.Predictor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LocalLearnerTest {
  private static final ModelSettings MODEL = ModelSettings.deepFm(4, List.of(16, 8), 0, 1);

  @Test
  void everyOccurrenceCountsOnce() {
    LocalLearner learner = learner();
    Map<Long, Long> expected = new HashMap<>();
    long reported = 0;
    Examples source = new Examples(1);
    for (int i = 0; i < 20; i++) {
      List<LabeledExample> examples = source.ofUsers(300, 100);
      examples.forEach(e -> count(e.example(), expected));
      reported += learner.learn(examples).occurrences();
    }

    assertThat(learner.rows()).isEqualTo(expected.size());
    for (int row = 0; row < learner.rows(); row++) {
      assertThat(learner.updates(row)).isEqualTo(expected.get(learner.fid(row)));
      assertThat(learner.find(learner.fid(row))).isEqualTo(row);
    }
    assertThat(reported).isEqualTo(expected.values().stream().mapToLong(n -> n).sum());
    assertThat(learner.find(Fids.of(1, 1))).isEqualTo(-1);
  }

  @Test
  void theSameStreamGivesTheSameModelToTheBit() {
    LocalLearner one = learner();
    LocalLearner other = learner();
    for (LocalLearner learner : List.of(one, other)) {
      Examples source = new Examples(2);
      for (int i = 0; i < 10; i++) {
        learner.learn(source.ofUsers(50, 64));
      }
      learner.flushDense();
    }

    for (int row = 0; row < one.rows(); row++) {
      assertThat(one.stored(row)).containsExactly(other.stored(row));
    }
    assertThat(one.dense().finished()).containsExactly(other.dense().finished());
  }

  @Test
  void predictionsComeWithTheirLabelsInOrder() {
    List<LabeledExample> examples = new Examples(3).ofUsers(2, 9);

    Predictions predictions = learner().learn(examples);

    assertThat(predictions.size()).isEqualTo(9);
    for (int i = 0; i < 9; i++) {
      assertThat(predictions.labels()[i]).isEqualTo(examples.get(i).label());
      assertThat(predictions.weights()[i]).isEqualTo(examples.get(i).weight());
      assertThat(predictions.times()[i]).isEqualTo(examples.get(i).time());
    }
  }

  @Test
  void anEmptyBatchChangesNothing() {
    LocalLearner learner = learner();

    assertThat(learner.learn(List.of()).size()).isZero();

    assertThat(learner.rows()).isZero();
  }

  /** The label is whether user and item are of one kind: no first-order term can tell. */
  @Test
  void itLearnsAnInteraction() {
    LocalLearner learner = learner();
    Random random = new Random(4);
    double early = 0;
    double late = 0;
    for (int i = 0; i < 400; i++) {
      double loss = meanLoss(learner.learn(interactions(random, 64)));
      early += i < 5 ? loss / 5 : 0;
      late += i >= 380 ? loss / 20 : 0;
    }

    assertThat(early).isGreaterThan(0.65);
    assertThat(late).isLessThan(0.05);
  }

  @Test
  void aPredictorGivesTheProbabilitiesThatTheLearnerWouldGive() {
    LocalLearner learner = learner();
    Examples source = new Examples(5);
    for (int i = 0; i < 30; i++) {
      learner.learn(source.ofUsers(40, 64));
    }
    learner.flushDense();
    List<LabeledExample> next = source.ofDistinctUsers(60);
    List<Example> features = next.stream().map(LabeledExample::example).toList();

    Predictor predictor = learner.predictor();
    float one = predictor.predict(features.get(7));
    float[] predicted = predictor.predict(features);
    float[] expected = learner.learn(next).probabilities();

    assertThat(predicted).containsExactly(expected, within(1e-5f));
    assertThat(one).isCloseTo(expected[7], within(1e-5f));
  }

  private static LocalLearner learner() {
    return new LocalLearner(Examples.SCHEMA, MODEL, LearningSettings.DEFAULT);
  }

  private static void count(Example example, Map<Long, Long> counts) {
    for (long fid : example.fids()) {
      counts.merge(fid, 1L, Long::sum);
    }
  }

  private static List<LabeledExample> interactions(Random random, int n) {
    List<LabeledExample> examples = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      long user = random.nextInt(30);
      long item = random.nextInt(30);
      List<Long> fids = List.of(Fids.BIAS, Fids.of(7, user), Fids.of(2, item));
      Example example = Examples.example(user, fids, List.of(1f, 1f, 1f));
      examples.add(Examples.labeled(user % 2 == item % 2 ? 1 : 0, 1, example));
    }
    return examples;
  }

  private static double meanLoss(Predictions predictions) {
    double loss = 0;
    for (int i = 0; i < predictions.size(); i++) {
      double p = predictions.probabilities()[i];
      loss -= Math.log(predictions.labels()[i] > 0 ? p : 1 - p);
    }
    return loss / predictions.size();
  }
}
