package io.freshet.model.batch;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.feature.example.Example;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RowStepsTest {

  @Test
  void usageExample() {
    RowSteps steps = new RowSteps(3, 1);

    steps.plan(batch(1, 1, 2, 3, 4, 1, 2));

    assertThat(steps(steps)).isEqualTo(List.of(List.of(0, 2, 3), List.of(1, 4, 6), List.of(5)));
  }

  @Test
  void repeatsAllowedFillAStepUpToTheirNumber() {
    RowSteps steps = new RowSteps(10, 2);

    steps.plan(batch(1, 1, 1, 2, 1, 1));

    assertThat(steps(steps)).isEqualTo(List.of(List.of(0, 1, 3), List.of(2, 4), List.of(5)));
  }

  @Test
  void anEmptyBatchHasNoSteps() {
    RowSteps steps = new RowSteps(10, 1);

    steps.plan(batch());

    assertThat(steps.size()).isZero();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void eachExampleIsInTheEarliestStepThatKeepsTheRules(long seed) {
    Random random = new Random(seed);
    int stepSize = 1 + random.nextInt(9);
    int repeats = 1 + random.nextInt(3);
    RowSteps steps = new RowSteps(stepSize, repeats);
    for (int round = 0; round < 50; round++) {
      int users = 1 + random.nextInt(40);
      int[] user = random.ints(random.nextInt(200), 0, users).toArray();

      steps.plan(batch(user));

      assertThat(steps(steps)).as("seed %d", seed).isEqualTo(expected(stepSize, repeats, user));
    }
  }

  /** The rule, written out with a scan over all steps. */
  private static List<List<Integer>> expected(int stepSize, int repeats, int[] user) {
    List<List<Integer>> planned = new ArrayList<>();
    for (int i = 0; i < user.length; i++) {
      int u = user[i];
      int step = 0;
      for (int s = 0; s < planned.size(); s++) {
        long ofUser = planned.get(s).stream().filter(e -> user[e] == u).count();
        if (ofUser > 0) {
          step = ofUser < repeats ? s : s + 1;
        }
      }
      while (step < planned.size() && planned.get(step).size() == stepSize) {
        step++;
      }
      if (step == planned.size()) {
        planned.add(new ArrayList<>());
      }
      planned.get(step).add(i);
    }
    return planned;
  }

  private static List<List<Integer>> steps(RowSteps steps) {
    List<List<Integer>> lists = new ArrayList<>();
    for (int s = 0; s < steps.size(); s++) {
      int[] step = Arrays.copyOfRange(steps.order(), steps.start(s), steps.end(s));
      lists.add(Arrays.stream(step).boxed().toList());
    }
    return lists;
  }

  private static MiniBatch batch(int... users) {
    MiniBatch batch = new MiniBatch();
    for (int user : users) {
      batch.add(Examples.labeled(1, 1, new Example(user, new long[0], new float[0])));
    }
    return batch;
  }
}
