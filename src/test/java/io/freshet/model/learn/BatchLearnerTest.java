package io.freshet.model.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.freshet.feature.Fids;
import io.freshet.feature.example.Example;
import io.freshet.feature.example.LabeledExample;
import io.freshet.model.LearningSettings;
import io.freshet.model.ModelSettings;
import io.freshet.model.batch.Examples;
import io.freshet.model.batch.MiniBatch;
import io.freshet.model.dense.DenseParameters;
import io.freshet.model.dense.DenseTensor;
import io.freshet.model.optimizer.Ftrl;
import io.freshet.model.optimizer.OptimizerSettings;
import io.freshet.model.optimizer.Sgd;
import io.freshet.model.row.RowLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class BatchLearnerTest {
  private static final ModelSettings MODEL = ModelSettings.deepFm(4, List.of(8), 0, 1);
  private static final LearningSettings LEARNING = LearningSettings.DEFAULT;

  @Test
  void aRowTakesOneOptimizerStepHoweverOftenItOccursInARowStep() {
    OptimizerSettings ftrl = new Ftrl(0.5f, 1, 0, 0);
    Bench bench = new Bench(MODEL, LEARNING);
    List<LabeledExample> examples = new Examples(3).ofDistinctUsers(5);
    MiniBatch batch = Examples.batch(examples);
    float[] rows = bench.startRows(batch);

    float[] probabilities = bench.learner.learn(batch, rows).probabilities();

    float[] logitGradient = new float[1];
    for (int i = 0; i < 5; i++) {
      logitGradient[0] += examples.get(i).weight() * (probabilities[i] - examples.get(i).label());
    }
    float[] bias = new float[2];
    ftrl.optimizer().update(bias, 0, 1, 1, logitGradient, 0);
    int at = batch.rowOf(Fids.BIAS) * bench.layout.width();
    assertThat(rows[at]).isCloseTo(bias[0], within(1e-6f));
    assertThat(rows[at + bench.layout.parameters()]).isCloseTo(bias[1], within(1e-6f));
  }

  @Test
  void aUsersSecondExampleIsPredictedAfterLearningTheFirst() {
    Examples source = new Examples(5);
    LabeledExample first = source.next(1);
    LabeledExample second = source.next(1);
    Bench together = new Bench(MODEL, LEARNING);
    Bench apart = new Bench(MODEL, LEARNING);
    MiniBatch both = Examples.batch(List.of(first, second));
    float[] rows = together.startRows(both);
    float[] rowsApart = rows.clone();
    float[] probabilitiesApart = new float[2];

    float[] probabilities = together.learner.learn(both, rows).probabilities();
    apart.learnOneByOne(both, rowsApart, probabilitiesApart);

    assertThat(probabilities).containsExactly(probabilitiesApart);
    assertThat(rows).containsExactly(rowsApart);
  }

  @Test
  void theDensePartStepsOncePerDenseStepSize() {
    Bench bench = new Bench(MODEL, LEARNING.withDenseStepSize(6));
    float[] start = bench.dense.finished();

    bench.learn(new Examples(1).ofDistinctUsers(5));
    assertThat(bench.dense.finished()).containsExactly(start);

    bench.learn(new Examples(2).ofDistinctUsers(1));
    float[] moved = bench.dense.finished();
    assertThat(moved).isNotEqualTo(start);

    bench.learner.flushDense();
    assertThat(bench.dense.finished()).containsExactly(moved);

    bench.learn(new Examples(3).ofDistinctUsers(2));
    assertThat(bench.dense.finished()).containsExactly(moved);

    bench.learner.flushDense();
    assertThat(bench.dense.finished()).isNotEqualTo(moved);
  }

  @Test
  void aDenseStepTakesOnlyTheGradientGatheredSinceTheLast() {
    OptimizerSettings sgd = new Sgd(0.1f);
    LearningSettings learning =
        LearningSettings.DEFAULT.withOptimizers(sgd, sgd, sgd).withDenseStepSize(5);
    Bench bench = new Bench(MODEL, learning);
    Bench late = new Bench(MODEL, learning);
    bench.learn(new Examples(1).ofDistinctUsers(5));
    float[] between = bench.dense.finished();
    late.dense.write(0, 0, between.length, between, 0);

    bench.learn(new Examples(2).ofDistinctUsers(5));
    late.learn(new Examples(2).ofDistinctUsers(5));

    assertThat(bench.dense.finished()).containsExactly(late.dense.finished()).isNotEqualTo(between);
  }

  @Test
  void denseValuesWrittenFromOutsideCountFromTheNextBatchOn() {
    Bench bench = new Bench(MODEL, LEARNING);
    LabeledExample example = new Examples(1).next(1);
    DenseTensor bias = bench.dense.shape().tensors().get(3);
    float before = bench.learn(List.of(example))[0];

    bench.dense.write(0, bias.from(), 1, new float[] {3}, 0);

    assertThat(bias.name()).isEqualTo("deep.out.bias");
    assertThat(logit(bench.learn(List.of(example))[0]) - logit(before)).isCloseTo(3, within(1e-4));
  }

  @Test
  void anExampleThatIsNotFiniteIsPredictedButChangesNothing() {
    for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY, 1e30f}) {
      List<LabeledExample> good = new Examples(1).ofDistinctUsers(3);
      List<LabeledExample> mixed = new ArrayList<>(good);
      mixed.add(1, withNumber(new Examples(9).next(77), bad));
      Bench expected = new Bench(MODEL, LEARNING);
      Bench bench = new Bench(MODEL, LEARNING);
      MiniBatch batch = Examples.batch(mixed);
      float[] rows = bench.startRows(batch);
      float[] start = rows.clone();

      bench.learner.learn(batch, rows);
      bench.learner.flushDense();
      MiniBatch goodBatch = Examples.batch(good);
      float[] goodRows = expected.startRows(goodBatch);
      expected.learner.learn(goodBatch, goodRows);
      expected.learner.flushDense();

      int width = bench.layout.width();
      for (int row = 0; row < batch.rows(); row++) {
        int learned = goodBatch.rowOf(batch.fid(row));
        float[] wanted = learned < 0 ? start : goodRows;
        int at = (learned < 0 ? row : learned) * width;
        assertThat(Arrays.copyOfRange(rows, row * width, (row + 1) * width))
            .containsExactly(Arrays.copyOfRange(wanted, at, at + width));
      }
      assertThat(bench.dense.finished()).containsExactly(expected.dense.finished());
      assertThat(bench.learner.skipped()).isEqualTo(1);
      assertThat(expected.learner.skipped()).isZero();
    }
  }

  @Test
  void aLabelOrWeightThatIsNotANumberIsNotLearned() {
    LabeledExample example = new Examples(1).next(1);
    Bench bench = new Bench(MODEL, LEARNING);
    MiniBatch batch =
        Examples.batch(
            List.of(
                Examples.labeled(Float.NaN, 1, example.example()),
                Examples.labeled(1, Float.POSITIVE_INFINITY, example.example())));
    float[] rows = bench.startRows(batch);
    float[] start = rows.clone();

    bench.learner.learn(batch, rows);

    assertThat(rows).containsExactly(start);
    assertThat(bench.learner.skipped()).isEqualTo(2);
  }

  @Test
  void anExampleWithAnInfiniteLogitIsNotLearned() {
    LabeledExample example = withNumber(new Examples(1).next(1), 10);
    Bench bench = new Bench(MODEL, LEARNING);
    MiniBatch batch = Examples.batch(List.of(example));
    float[] rows = bench.startRows(batch);
    rows[batch.rowOf(Fids.of(4, 0)) * bench.layout.width()] = 3e38f;
    float[] start = rows.clone();

    float[] probabilities = bench.learner.learn(batch, rows).probabilities();

    assertThat(probabilities).containsExactly(0);
    assertThat(rows).containsExactly(start);
    assertThat(bench.learner.skipped()).isEqualTo(1);
  }

  @Test
  void aGradientTooLargeToSquareIsLeftOut() {
    LabeledExample example = withNumber(new Examples(1).next(1), 1e20f);
    List<String> reasons = new ArrayList<>();
    Bench bench = new Bench(MODEL, LEARNING, (e, reason) -> reasons.add(reason));
    MiniBatch batch = Examples.batch(List.of(example));
    float[] rows = bench.startRows(batch);
    int width = bench.layout.width();
    int number = batch.rowOf(Fids.of(4, 0)) * width;
    Arrays.fill(rows, number, number + bench.layout.parameters(), 0); // else its embedding is huge
    float[] start = rows.clone();

    bench.learner.learn(batch, rows);

    assertThat(Arrays.copyOfRange(rows, number, number + width))
        .containsExactly(Arrays.copyOfRange(start, number, number + width));
    assertThat(rows).isNotEqualTo(start);
    assertThat(bench.learner.skipped()).isEqualTo(1);
    assertThat(reasons)
        .singleElement()
        .asString()
        .contains("gradient of feature " + Fids.of(4, 0) + " was too large");
  }

  @Test
  void aWeightThatWouldMoveEverythingIsNotLearned() {
    LabeledExample example = new Examples(1).next(1);
    List<String> reasons = new ArrayList<>();
    Bench bench = new Bench(MODEL, LEARNING, (e, reason) -> reasons.add(reason));
    MiniBatch batch = Examples.batch(List.of(Examples.labeled(1, 1e25f, example.example())));
    float[] rows = bench.startRows(batch);
    float[] start = rows.clone();

    bench.learner.learn(batch, rows);

    assertThat(rows).containsExactly(start);
    assertThat(reasons)
        .singleElement()
        .asString()
        .contains("not learned", "gradient of the loss by the logit -");
  }

  /** The example with another value of its number, which is its last occurrence. */
  private static LabeledExample withNumber(LabeledExample example, float number) {
    float[] values = example.example().values().clone();
    values[values.length - 1] = number;
    return Examples.labeled(1, 1, new Example(77, example.example().fids(), values));
  }

  private static double logit(double probability) {
    return Math.log(probability / (1 - probability));
  }

  /** A learner whose rows start again with each batch. */
  private static final class Bench {
    final RowLayout layout;
    final DenseParameters dense;
    final BatchLearner learner;

    Bench(ModelSettings model, LearningSettings learning) {
      this(model, learning, SkipListener.NONE);
    }

    Bench(ModelSettings model, LearningSettings learning, SkipListener listener) {
      layout = new RowLayout(model, learning);
      dense = DenseParameters.start(Examples.SCHEMA.size(), model, learning.dense());
      learner = PlainLearner.of(Examples.SCHEMA, model, learning, layout, dense, listener);
    }

    float[] startRows(MiniBatch batch) {
      return Examples.startRows(layout, batch);
    }

    float[] learn(List<LabeledExample> examples) {
      MiniBatch batch = Examples.batch(examples);
      return learner.learn(batch, startRows(batch)).probabilities();
    }

    /** As batches of one example each, over the rows of the batch of all. */
    void learnOneByOne(MiniBatch all, float[] rows, float[] probabilities) {
      int width = layout.width();
      for (int i = 0; i < all.size(); i++) {
        MiniBatch one = Examples.batch(List.of(all.example(i)));
        float[] pulled = new float[one.rows() * width];
        for (int row = 0; row < one.rows(); row++) {
          System.arraycopy(rows, all.rowOf(one.fid(row)) * width, pulled, row * width, width);
        }
        probabilities[i] = learner.learn(one, pulled).probabilities()[0];
        for (int row = 0; row < one.rows(); row++) {
          System.arraycopy(pulled, row * width, rows, all.rowOf(one.fid(row)) * width, width);
        }
      }
    }
  }
}
