package io.freshet.model.row;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.freshet.feature.Fids;
import io.freshet.model.LearningSettings;
import io.freshet.model.ModelSettings;
import io.freshet.model.optimizer.Adagrad;
import io.freshet.model.optimizer.FieldLearning;
import io.freshet.model.optimizer.Ftrl;
import io.freshet.model.optimizer.OptimizerSettings;
import io.freshet.model.optimizer.Regularization;
import io.freshet.model.optimizer.RowWiseAdagrad;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RowLayoutTest {
  private static final RowLayout LAYOUT = layout(42);

  @Test
  void aRowHoldsParametersThenSlots() {
    assertThat(LAYOUT.parameters()).isEqualTo(11);
    assertThat(LAYOUT.width()).isEqualTo(11 + 1 + 10);

    float[] row = start(LAYOUT, Fids.of(3, 12345));

    assertThat(row[0]).as("z of w = 0").isZero();
    assertThat(row[11]).as("FTRL's n").isZero();
    for (int i = 12; i < 22; i++) {
      assertThat(row[i]).as("accumulator").isEqualTo(0.1f);
    }
  }

  @Test
  void rowWiseAdagradAddsOneFloatToARow() {
    RowLayout layout =
        new RowLayout(ModelSettings.DEFAULT, learning(new RowWiseAdagrad(0.1f, 0.25f), List.of()));
    assertThat(layout.width()).isEqualTo(11 + 1 + 1);

    float[] row = start(layout, 5);
    layout.update(5, row, 0, new float[] {2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 11}, 0);

    assertThat(row[11]).as("FTRL's n").isEqualTo(4);
    assertThat(row[12]).as("accumulator").isEqualTo(0.25f + 13);
  }

  @Test
  void whatAShorterRowDoesNotHoldIsZeroAndStays() {
    ModelSettings model = ModelSettings.DEFAULT.withEmbeddingSizes(Map.of(3, 4));
    for (OptimizerSettings optimizer :
        List.of(new Adagrad(0.1f, 0.1f), new Ftrl(1, 1, 0, 0), new RowWiseAdagrad(0.1f, 0.25f))) {
      RowLayout layout = new RowLayout(model, learning(optimizer, List.of()));
      RowLayout whole = new RowLayout(ModelSettings.DEFAULT, learning(optimizer, List.of()));
      long fid = Fids.of(3, 9);
      float[] row = start(layout, fid);
      float[] like = start(whole, fid);
      float[] gradient = {1, 1, -1, 2, 1, 0, 0, 0, 0, 0, 0};

      assertThat(Arrays.copyOf(row, 5)).containsExactly(Arrays.copyOf(like, 5));
      layout.update(fid, row, 0, gradient, 0);

      float[] finished = new float[11];
      layout.finish(fid, row, 0, finished, 0);
      assertThat(Arrays.copyOf(finished, 5)).doesNotContain(0f);
      assertThat(Arrays.copyOfRange(finished, 5, 11)).containsOnly(0);
      for (int slot = 12; slot + 10 <= row.length; slot += 10) {
        assertThat(Arrays.copyOfRange(row, slot + 4, slot + 10)).containsOnly(0);
      }
      float[] again = new float[layout.width()];
      layout.startFrom(fid, finished, 0, again, 0);
      assertThat(Arrays.copyOfRange(again, 5, 11)).containsOnly(0);
    }
  }

  @Test
  void rowWiseAdagradTakesTheMeanOfWhatAShorterRowHolds() {
    ModelSettings model = ModelSettings.DEFAULT.withEmbeddingSizes(Map.of(3, 4));
    RowLayout layout = new RowLayout(model, learning(new RowWiseAdagrad(0.1f, 0.25f), List.of()));
    float[] row = start(layout, Fids.of(3, 9));

    layout.update(Fids.of(3, 9), row, 0, new float[] {2, 1, 1, 1, 5, 0, 0, 0, 0, 0, 0}, 0);

    assertThat(row[12]).as("accumulator").isEqualTo(0.25f + 7);
  }

  @Test
  void aFieldsRateIsItsOwnInReadingAndMoving() {
    RowLayout layout =
        new RowLayout(
            ModelSettings.DEFAULT,
            learning(new Adagrad(0.1f, 0.1f), List.of(new FieldLearning(3, 4, 0))));
    long usual = Fids.of(2, 9);
    long own = Fids.of(3, 9);
    for (long fid : new long[] {Fids.BIAS, usual, own}) {
      float[] gradient = {-2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0};
      float[] row = start(layout, fid);
      float[] before = row.clone();
      float[] finished = new float[11];
      layout.update(fid, row, 0, gradient, 0);
      layout.finish(fid, row, 0, finished, 0);

      float factor = fid == own ? 4 : 1;
      assertThat(row[0]).as("z").isEqualTo(-2);
      assertThat(finished[0]).isCloseTo(factor * 0.5f * 2 / (1 + 2), within(1e-6f));
      assertThat(before[1] - row[1])
          .isCloseTo(factor * 0.1f / (float) Math.sqrt(1.1), within(1e-6f));
    }
  }

  @Test
  void theStartDependsOnSeedAndFidAlone() {
    float[] row = start(LAYOUT, 12345);

    assertThat(start(layout(42), 12345)).containsExactly(row);
    assertThat(start(layout(43), 12345)).isNotEqualTo(row);
    assertThat(start(LAYOUT, 12346)).isNotEqualTo(row);
    assertThat(row[1]).as("fixed: tables of running jobs rest on it").isEqualTo(-0.001226834f);
  }

  @Test
  void embeddingsStartNormalWithDeviationOneHundredth() {
    int n = 20_000;
    double[] moments = new double[5];
    int beyondTwoDeviations = 0;
    double neighbors = 0;
    for (long fid = 0; fid < n; fid++) {
      float[] row = start(LAYOUT, Fids.of(2, fid));
      for (int m = 1; m < 5; m++) {
        moments[m] += Math.pow(row[1] / 0.01, m) / n;
      }
      beyondTwoDeviations += Math.abs(row[2]) > 0.02 ? 1 : 0;
      neighbors += row[3] * row[4] / 1e-4 / n;
    }

    assertThat(moments[1]).isCloseTo(0, within(0.03));
    assertThat(moments[2]).isCloseTo(1, within(0.03));
    assertThat(moments[3]).isCloseTo(0, within(0.1));
    assertThat(moments[4]).isBetween(2.5, 3.2);
    assertThat((double) beyondTwoDeviations / n).isCloseTo(0.0455, within(0.006));
    assertThat(neighbors).isCloseTo(0, within(0.03));
  }

  @Test
  void finishingDerivesTheFirstOrderWeightAndLeavesTheEmbeddingAsItIs() {
    float[] row = start(LAYOUT, 5);
    row[0] = -6;
    row[11] = 4;
    float[] finished = new float[13];

    LAYOUT.finish(5, row, 0, finished, 2);

    assertThat(finished[2]).isCloseTo(1, within(1e-6f));
    for (int d = 0; d < 10; d++) {
      assertThat(finished[3 + d]).isEqualTo(row[1 + d]);
    }
  }

  @Test
  void aRowInTheMiddleOfAnArrayMovesAlone() {
    int width = LAYOUT.width();
    float[] rows = new float[3 * width];
    LAYOUT.start(8, rows, width);
    float[] before = rows.clone();
    float[] gradient = new float[12];
    gradient[1] = 2;
    gradient[5] = -1;

    LAYOUT.update(8, rows, width, gradient, 1);

    assertThat(rows[width]).isEqualTo(2);
    assertThat(rows[width + 11]).isEqualTo(4);
    assertThat(rows[width + 4] - before[width + 4])
        .isCloseTo(0.1f / (float) Math.sqrt(1.1), within(1e-6f));
    assertThat(rows[width + 12 + 3]).isEqualTo(1.1f);
    for (int i : new int[] {0, width - 1, width + 1, width + 12, 2 * width, 3 * width - 1}) {
      assertThat(rows[i]).isEqualTo(before[i]);
    }
  }

  private static RowLayout layout(long seed) {
    return new RowLayout(ModelSettings.deepFm(10, List.of(), 0, seed), LearningSettings.DEFAULT);
  }

  private static LearningSettings learning(
      OptimizerSettings embedding, List<FieldLearning> fields) {
    OptimizerSettings ftrl = new Ftrl(0.5f, 1, 0, 0);
    return LearningSettings.DEFAULT
        .withOptimizers(ftrl, embedding, ftrl)
        .withRegularization(Regularization.OFF.with(fields));
  }

  private static float[] start(RowLayout layout, long fid) {
    float[] row = new float[layout.width()];
    layout.start(fid, row, 0);
    return row;
  }
}
