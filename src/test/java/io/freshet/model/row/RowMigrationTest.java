package io.freshet.model.row;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.freshet.feature.Fids;
import io.freshet.model.LearningSettings;
import io.freshet.model.ModelKind;
import io.freshet.model.ModelSettings;
import io.freshet.model.optimizer.Adagrad;
import io.freshet.model.optimizer.Ftrl;
import io.freshet.model.optimizer.OptimizerSettings;
import io.freshet.model.optimizer.RowWiseAdagrad;
import io.freshet.model.optimizer.Sgd;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class RowMigrationTest {
  private static final Offset<Float> ROUNDING = within(1e-6f);
  private static final long FID = Fids.of(3, 77);
  private static final OptimizerSettings FTRL = new Ftrl(0.5f, 1, 0, 0);
  private static final OptimizerSettings FTRL_L1 = new Ftrl(0.3f, 2, 0.01f, 0.1f);
  private static final OptimizerSettings ADAGRAD = new Adagrad(0.1f, 0.1f);
  private static final OptimizerSettings ROW_WISE = new RowWiseAdagrad(0.1f, 0.1f);
  private static final OptimizerSettings SGD = new Sgd(0.1f);

  @ParameterizedTest
  @MethodSource
  void finishedValuesStayInTheDimensionsThatStay(Form from, Form to) {
    float[] stored = learned(from);

    float[] row = migration(from, to).convert(FID, stored);

    float[] before = finished(from, stored);
    float[] after = finished(to, row);
    int kept = Math.min(from.size, to.size);
    assertThat(row).hasSize(layout(to).width());
    assertThat(Arrays.copyOf(after, 1 + kept))
        .containsExactly(Arrays.copyOf(before, 1 + kept), ROUNDING);
    float[] start = new float[layout(to).width()];
    layout(to).start(FID, start, 0);
    assertThat(Arrays.copyOfRange(after, 1 + kept, after.length))
        .as("new dimensions")
        .containsExactly(Arrays.copyOfRange(finished(to, start), 1 + kept, after.length), ROUNDING);
  }

  static Stream<Arguments> finishedValuesStayInTheDimensionsThatStay() {
    return Stream.of(
        Arguments.of(new Form(4, FTRL, ADAGRAD), new Form(8, FTRL, ADAGRAD)),
        Arguments.of(new Form(8, FTRL, ADAGRAD), new Form(4, FTRL, ADAGRAD)),
        Arguments.of(new Form(4, ADAGRAD, ADAGRAD), new Form(4, FTRL, FTRL)),
        Arguments.of(new Form(4, FTRL, ADAGRAD), new Form(6, SGD, SGD)),
        Arguments.of(new Form(4, FTRL, FTRL), new Form(4, FTRL_L1, FTRL_L1)),
        Arguments.of(new Form(0, FTRL, ADAGRAD), new Form(4, FTRL, ADAGRAD)),
        Arguments.of(new Form(4, FTRL, ADAGRAD), new Form(0, FTRL, ADAGRAD)),
        Arguments.of(new Form(4, SGD, SGD), new Form(4, FTRL, ADAGRAD)),
        Arguments.of(new Form(4, FTRL, ROW_WISE), new Form(6, FTRL, ROW_WISE)),
        Arguments.of(new Form(4, FTRL, ADAGRAD), new Form(4, FTRL, ROW_WISE)));
  }

  @Test
  void rowsOfAFieldThatGetShorterKeepTheirFirstNumbersAndComeBackWithNewOnes() {
    LearningSettings learning = LearningSettings.DEFAULT.withOptimizers(FTRL, ADAGRAD, ADAGRAD);
    ModelSettings whole = new Form(3, FTRL, ADAGRAD).model();
    ModelSettings shorter = whole.withEmbeddingSizes(Map.of(3, 2));
    float[] stored = {-1, 0.1f, 0.2f, 0.3f, 9, 5, 6, 7}; // z, v, n of z, n of v

    float[] row = migration(whole, shorter, learning).convert(FID, stored);
    float[] back = migration(shorter, whole, learning).convert(FID, row);

    float[] start = new float[8];
    new RowLayout(whole, learning).start(FID, start, 0);
    assertThat(row).containsExactly(-1, 0.1f, 0.2f, 9, 5, 6);
    assertThat(back).containsExactly(-1, 0.1f, 0.2f, start[3], 9, 5, 6, 0.1f);
  }

  private static RowMigration migration(
      ModelSettings from, ModelSettings to, LearningSettings learning) {
    return new RowMigration(from, learning, to, learning, UnknownRows.START);
  }

  @Test
  void slotsStayWhereTheOptimizerDoes() {
    Form small = new Form(2, FTRL, ADAGRAD);
    float[] stored = {-1, 0.1f, 0.2f, 9, 5, 6}; // z, v, n of z, n of v

    float[] row = migration(small, new Form(3, FTRL, ADAGRAD)).convert(FID, stored);

    assertThat(row).hasSize(8).startsWith(-1, 0.1f, 0.2f);
    assertThat(Arrays.copyOfRange(row, 4, 8)).containsExactly(9, 5, 6, 0.1f);
  }

  @Test
  void aSlotThatDimensionsShareStays() {
    float[] stored = {-1, 0.1f, 0.2f, 9, 7}; // z, v, n of z, n of v

    float[] row =
        migration(new Form(2, FTRL, ROW_WISE), new Form(3, FTRL, ROW_WISE)).convert(FID, stored);

    assertThat(row).hasSize(6).startsWith(-1, 0.1f, 0.2f).endsWith(9, 7);
  }

  @Test
  void slotsOfAnotherOptimizerStartAgain() {
    Form before = new Form(2, FTRL, ADAGRAD);
    float[] stored = {-1, 0.1f, 0.2f, 9, 5, 6};

    float[] row = migration(before, new Form(2, ADAGRAD, FTRL)).convert(FID, stored);

    assertThat(Arrays.copyOfRange(row, 3, 6)).containsExactly(0.1f, 0, 0);
  }

  @Test
  void aRowOfNeitherWidthIsRefused() {
    Form form = new Form(2, FTRL, ADAGRAD);

    assertThatThrownBy(() -> migration(form, form).convert(FID, new float[5]))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("has 5 floats, not 6");
  }

  /** A row that has learned for a while. */
  private static float[] learned(Form form) {
    RowLayout layout = layout(form);
    float[] row = new float[layout.width()];
    layout.start(FID, row, 0);
    float[] gradient = new float[layout.finishedWidth()];
    for (int step = 0; step < 20; step++) {
      for (int i = 0; i < gradient.length; i++) {
        gradient[i] = (float) Math.sin(step + 3 * i) + 0.3f;
      }
      layout.update(FID, row, 0, gradient, 0);
    }
    return row;
  }

  private static float[] finished(Form form, float[] row) {
    float[] values = new float[layout(form).finishedWidth()];
    layout(form).finish(FID, row, 0, values, 0);
    return values;
  }

  private static RowMigration migration(Form from, Form to) {
    return new RowMigration(
        from.model(), from.learning(), to.model(), to.learning(), UnknownRows.START);
  }

  private static RowLayout layout(Form form) {
    return new RowLayout(form.model(), form.learning());
  }

  /** What rows are like. */
  private record Form(int size, OptimizerSettings first, OptimizerSettings embedding) {
    ModelSettings model() {
      ModelKind kind = size == 0 ? ModelKind.LR : ModelKind.FM;
      return new ModelSettings(kind, size, List.of(), 0, 0, 42);
    }

    LearningSettings learning() {
      return LearningSettings.DEFAULT.withOptimizers(first, embedding, ADAGRAD);
    }
  }
}
