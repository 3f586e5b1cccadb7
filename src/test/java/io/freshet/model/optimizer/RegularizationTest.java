package io.freshet.model.optimizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.freshet.feature.Fids;
import io.freshet.feature.example.LabeledExample;
import io.freshet.model.LearningSettings;
import io.freshet.model.ModelSettings;
import io.freshet.model.Safeguards;
import io.freshet.model.batch.Examples;
import io.freshet.model.batch.MiniBatch;
import io.freshet.model.dense.DenseParameters;
import io.freshet.model.dense.GradientCheck;
import io.freshet.model.layer.Dropout;
import io.freshet.model.learn.LocalLearner;
import io.freshet.model.learn.PlainLearner;
import io.freshet.model.row.RowLayout;
import java.util.Arrays;
import java.util.List;
import org.ejml.data.FMatrixRMaj;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RegularizationTest {
  private static final float NONE = Regularization.NONE;
  private static final ModelSettings MODEL = ModelSettings.deepFm(4, List.of(300, 8), 0, 1);
  private static final OptimizerSettings SGD = new Sgd(1);
  private static final LearningSettings LEARNING =
      LearningSettings.DEFAULT.withOptimizers(SGD, SGD, SGD).withDenseStepSize(5);

  /** With SGD at rate 1 a row moves by its gradient. */
  @ParameterizedTest
  @ValueSource(floats = {0.05f, 0.5f, 1e6f})
  void aRowsGradientIsClippedToItsNorm(float norm) {
    List<LabeledExample> examples = new Examples(1).ofDistinctUsers(4);
    MiniBatch batch = Examples.batch(examples);
    float[] free = moves(batch, Regularization.OFF);

    float[] clipped = moves(batch, new Regularization(0, norm, NONE, List.of()));

    int n = 1 + MODEL.embeddingSize();
    for (int row = 0; row < batch.rows(); row++) {
      double length = length(free, row * n, n);
      double scale = Math.min(1, norm / length);
      for (int i = row * n; i < row * n + n; i++) {
        assertThat((double) clipped[i]).isCloseTo(scale * free[i], within(1e-6));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(floats = {0.05f, 0.5f, 1e6f})
  void theDeepPartsGradientIsClippedToItsNorm(float norm) {
    float[] free = denseMoves(Regularization.OFF);

    float[] clipped = denseMoves(new Regularization(0, NONE, norm, List.of()));

    double scale = Math.min(1, norm / length(free, 0, free.length));
    for (int i = 0; i < free.length; i++) {
      assertThat((double) clipped[i]).isCloseTo(scale * free[i], within(1e-6));
    }
  }

  @Test
  void poisonIsNotClippedButLeftOut() {
    GradientCheck check = new GradientCheck(1);
    float[] poison = {Float.NaN, 1};
    float[] large = {1e18f, 0};

    assertThat(check.passes(poison, 0, 2)).isFalse();
    assertThat(check.passes(large, 0, 2)).isFalse();
    assertThat(large).containsExactly(1e18f, 0);
    float[] long300 = new float[300];
    Arrays.fill(long300, 2);
    assertThat(check.passes(long300, 0, 300)).isTrue();
    assertThat(length(long300, 0, 300)).isCloseTo(1, within(1e-5));
  }

  @Test
  void predictionsAreMadeWithoutDropout() {
    List<LabeledExample> examples = new Examples(2).ofUsers(3, 20);
    LearningSettings dropping = LEARNING.withRegularization(dropout(0.5f));
    LocalLearner plain = new LocalLearner(Examples.SCHEMA, MODEL, LEARNING);
    LocalLearner learner = new LocalLearner(Examples.SCHEMA, MODEL, dropping);
    List<LabeledExample> first = examples.subList(0, 1);

    assertThat(learner.learn(first).probabilities())
        .containsExactly(plain.learn(first).probabilities());

    float[] served = learner.predictor().predict(List.of(examples.get(1).example()));
    List<LabeledExample> second = examples.subList(1, 2);
    assertThat(learner.learn(second).probabilities()).containsExactly(served);
    assertThat(learner.learn(second).probabilities())
        .isNotEqualTo(plain.learn(second).probabilities());
  }

  @Test
  void aReplayDropsTheSameUnits() {
    List<LabeledExample> examples = new Examples(2).ofUsers(3, 20);
    LearningSettings dropping = LEARNING.withRegularization(dropout(0.5f));
    LocalLearner one = new LocalLearner(Examples.SCHEMA, MODEL, dropping);
    LocalLearner other = new LocalLearner(Examples.SCHEMA, MODEL, dropping);

    one.learn(examples);
    other.learn(examples);

    assertThat(one.learn(examples).probabilities())
        .containsExactly(other.learn(examples).probabilities());
  }

  @Test
  void unitsDropOutByTheirExampleWhereverItStands() {
    float[] alone = dropped(0, 5);
    float[] behind = dropped(0, 9, 5);

    assertThat(Arrays.copyOfRange(behind, 100, 200)).containsExactly(alone);
    assertThat(dropped(1, 5)).as("another layer").isNotEqualTo(alone);
    assertThat(dropped(0, 9)).as("another example").isNotEqualTo(alone);
    assertThat(alone).contains(0f, 2f).hasSize(100);
  }

  @Test
  void aFieldsRowsMayLearnFasterThanTheOthers() {
    List<LabeledExample> examples = new Examples(1).ofDistinctUsers(1);
    MiniBatch batch = Examples.batch(examples);
    float[] usual = moves(batch, Regularization.OFF);

    float[] faster = moves(batch, Regularization.OFF.with(List.of(new FieldLearning(2, 3, 0))));

    int n = 1 + MODEL.embeddingSize();
    for (int i = 0; i < usual.length; i++) {
      float factor = Fids.field(batch.fid(i / n)) == 2 ? 3 : 1;
      assertThat(faster[i]).isCloseTo(factor * usual[i], within(1e-6f));
    }
  }

  @Test
  void boundsThatCannotBeAreRefused() {
    assertThatThrownBy(() -> new Regularization(1, NONE, NONE, List.of()))
        .hasMessage("dropout is 1.0 but must be from 0 to below 1");
    assertThatThrownBy(() -> new Regularization(0, 0, NONE, List.of()))
        .hasMessage("row norm is 0.0 but must be above 0");
    assertThatThrownBy(() -> new Regularization(0, NONE, Float.NaN, List.of()))
        .hasMessage("dense norm is NaN but must be above 0");
    assertThatThrownBy(() -> new FieldLearning(0, 1, 0))
        .hasMessage("number is 0 but must be from 1 to 4095");
    assertThatThrownBy(() -> new FieldLearning(1, 0, 0))
        .hasMessage("rate is 0.0 but must be above 0 and finite");
  }

  private static Regularization dropout(float share) {
    return new Regularization(share, NONE, NONE, List.of());
  }

  private static float[] dropped(int layer, long... keys) {
    Dropout dropout = new Dropout(0.5f, 3);
    FMatrixRMaj units = new FMatrixRMaj(keys.length, 100);
    units.fill(1);
    dropout.examples(keys);
    dropout.forward(units, layer);
    return units.data;
  }

  private static float[] moves(MiniBatch batch, Regularization bounds) {
    LearningSettings learning = LEARNING.withRegularization(bounds);
    RowLayout layout = new RowLayout(MODEL, learning);
    DenseParameters dense = DenseParameters.start(Examples.SCHEMA.size(), MODEL, SGD);
    float[] rows = Examples.startRows(layout, batch);
    float[] moves = rows.clone();
    PlainLearner.of(Examples.SCHEMA, MODEL, learning, layout, dense).learn(batch, rows);
    for (int i = 0; i < moves.length; i++) {
      moves[i] -= rows[i];
    }
    return moves;
  }

  private static float[] denseMoves(Regularization bounds) {
    LearningSettings learning = LEARNING.withRegularization(bounds).withSafeguards(Safeguards.OFF);
    LocalLearner learner = new LocalLearner(Examples.SCHEMA, MODEL, learning);
    float[] moves = learner.dense().finished();
    learner.learn(new Examples(1).ofDistinctUsers(5));
    float[] after = learner.dense().finished();
    for (int i = 0; i < moves.length; i++) {
      moves[i] -= after[i];
    }
    return moves;
  }

  private static double length(float[] vector, int from, int n) {
    double squares = 0;
    for (int i = from; i < from + n; i++) {
      squares += (double) vector[i] * vector[i];
    }
    return Math.sqrt(squares);
  }
}
