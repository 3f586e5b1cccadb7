package io.freshet.lab.bench.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.freshet.feature.example.LabeledExample;
import io.freshet.lab.bench.measure.BenchExamples;
import io.freshet.model.batch.Predictions;
import java.util.List;
import org.junit.jupiter.api.Test;

final class LearningCheckTest {
  private final LearningCheck check = new LearningCheck();

  @Test
  void aLearnerThatKnowsMoreThanTheBaseRateIsAlive() {
    add(0.6f, 0.1f);

    assertThatCode(check::assertAlive).doesNotThrowAnyException();
  }

  @Test
  void aLearnerThatPredictsTheBaseRateIsDead() {
    add(0.25f, 0.25f);

    assertThatThrownBy(check::assertAlive).hasMessageContaining("no better than the base rate");
  }

  @Test
  void aLearnerWhosePredictionsAreNoNumbersIsDead() {
    add(Float.NaN, 0.1f);

    assertThatThrownBy(check::assertAlive).hasMessageContaining("no better than the base rate");
  }

  @Test
  void aLearnerThatSkipsIsDead() {
    add(0.6f, 0.1f);
    check.addSkipped(1);

    assertThatThrownBy(check::assertAlive).hasMessageContaining("skipped 1 examples");
  }

  @Test
  void theBenchmarksExamplesHoldATruthAndTheirShareOfClicks() {
    List<LabeledExample> examples = new BenchExamples(39, 1_000_000, 1).next(50_000);

    double clicks = examples.stream().mapToDouble(LabeledExample::label).sum();
    assertThat(clicks / examples.size()).isCloseTo(1 / 30.0, within(0.015));
  }

  /** Every fourth example is positive. */
  private void add(float ofPositives, float ofNegatives) {
    check.add(
        new Predictions(
            new long[4],
            new float[] {1, 0, 0, 0},
            new float[] {1, 1, 1, 1},
            new float[] {ofPositives, ofNegatives, ofNegatives, ofNegatives},
            4));
  }
}
