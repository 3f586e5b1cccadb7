package io.freshet.model.dense;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.freshet.model.ModelSettings;
import io.freshet.model.optimizer.Adagrad;
import io.freshet.model.optimizer.Ftrl;
import io.freshet.model.optimizer.OptimizerSettings;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class DenseParametersTest {
  private static final ModelSettings MODEL = ModelSettings.deepFm(5, List.of(4, 3), 0, 9);
  private static final OptimizerSettings ADAGRAD = new Adagrad(0.1f, 0.25f);

  @Test
  void tensorsLieLayerByLayerWeightsThenBiases() {
    DenseShape shape = DenseShape.of(2, MODEL);

    assertThat(shape.tensors())
        .containsExactly(
            new DenseTensor("deep.0.weight", List.of(10, 4), 0),
            new DenseTensor("deep.0.bias", List.of(4), 40),
            new DenseTensor("deep.1.weight", List.of(4, 3), 44),
            new DenseTensor("deep.1.bias", List.of(3), 56),
            new DenseTensor("deep.out.weight", List.of(3, 1), 59),
            new DenseTensor("deep.out.bias", List.of(1), 62));
    assertThat(shape.size()).isEqualTo(63);
  }

  @Test
  void withoutHiddenLayersThereIsNothing() {
    DenseParameters dense =
        DenseParameters.start(2, ModelSettings.deepFm(5, List.of(), 0, 9), ADAGRAD);

    assertThat(dense.size()).isZero();
    assertThat(dense.shape().tensors()).isEmpty();
  }

  @Test
  void weightsStartUniformWithinTheBoundOfHeAndBiasesAtZero() {
    DenseParameters dense =
        DenseParameters.start(40, ModelSettings.deepFm(10, List.of(50), 0, 9), ADAGRAD);
    float[] values = plane(dense, 0);
    double bound = Math.sqrt(6.0 / 400);
    double sum = 0;
    double squares = 0;

    for (int i = 0; i < 20_000; i++) {
      assertThat((double) values[i]).isBetween(-bound, bound);
      sum += values[i];
      squares += values[i] * values[i];
    }

    assertThat(sum / 20_000).isCloseTo(0, within(0.002));
    assertThat(squares / 20_000).isCloseTo(2.0 / 400, within(0.0001));
    assertThat(values[20_000]).isZero();
    assertThat(plane(dense, 1)).containsOnly(0.25f);
  }

  @Test
  void theStartDependsOnTheSeedAlone() {
    ModelSettings otherSeed = ModelSettings.deepFm(5, List.of(4, 3), 0, 10);

    assertThat(plane(DenseParameters.start(2, MODEL, ADAGRAD), 0))
        .isEqualTo(plane(DenseParameters.start(2, MODEL, ADAGRAD), 0))
        .isNotEqualTo(plane(DenseParameters.start(2, otherSeed, ADAGRAD), 0));
  }

  @Test
  void aPlaneIsReadAndWrittenByRanges() {
    DenseParameters dense = DenseParameters.start(2, MODEL, ADAGRAD);
    float[] target = new float[4];

    dense.write(1, 61, 2, new float[] {9, 7, 8}, 1);
    dense.read(1, 60, 3, target, 1);

    assertThat(target).containsExactly(0, 0.25f, 7, 8);
    assertThatThrownBy(() -> dense.read(1, 61, 3, target, 0))
        .isInstanceOf(IndexOutOfBoundsException.class)
        .hasMessage("parameters 61..64 of plane 1, but there are 63 parameters and 2 planes");
    assertThatThrownBy(() -> dense.write(2, 0, 1, target, 0))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void finishedValuesOfARangeAreDerivedFromAllItsPlanes() {
    OptimizerSettings ftrl = new Ftrl(0.5f, 1, 0, 0);
    DenseParameters dense = DenseParameters.start(2, MODEL, ftrl);
    float[] start = plane(DenseParameters.start(2, MODEL, ADAGRAD), 0);
    float[] values = new float[12];

    dense.finish(30, 10, values, 2);

    assertThat(plane(dense, 0)[30]).isNotEqualTo(start[30]);
    for (int i = 0; i < 10; i++) {
      assertThat(values[2 + i]).isCloseTo(start[30 + i], within(1e-6f));
    }

    dense.write(0, 30, 1, new float[] {-3}, 0);
    dense.write(1, 30, 1, new float[] {4}, 0);
    dense.finish(30, 1, values, 0);
    assertThat(values[0]).isCloseTo(3 / ((1 + 2) / 0.5f), within(1e-6f));
  }

  /** Slower layers of the default net follow a drifting stream worse. */
  @Test
  void theDefaultNetsLayersLearnAtTheFullRateAndWiderOnesMoreSlowly() {
    assertThat(movedBySize(6, ModelSettings.DEFAULT)).containsOnly(movedAtFullRate());

    float[] wide = movedBySize(26, ModelSettings.deepFm(10, List.of(8), 0, 9));
    assertThat(wide[0]).isCloseTo(movedAtFullRate() * 128 / 260, within(1e-7f));
    assertThat(wide[wide.length - 1]).isEqualTo(movedAtFullRate());
  }

  private static float[] movedBySize(int fields, ModelSettings model) {
    DenseParameters dense = DenseParameters.start(fields, model, ADAGRAD);
    dense.scaleRatesBySize();
    float[] zeros = new float[dense.size()];
    dense.write(0, 0, zeros.length, zeros, 0);
    float[] gradient = new float[dense.size()];
    Arrays.fill(gradient, 1);
    dense.update(gradient);
    return plane(dense, 0);
  }

  private static float movedAtFullRate() {
    DenseParameters dense = DenseParameters.start(2, MODEL, ADAGRAD);
    dense.write(0, 0, 1, new float[1], 0);
    float[] gradient = new float[dense.size()];
    gradient[0] = 1;
    dense.update(gradient);
    return plane(dense, 0)[0];
  }

  private static float[] plane(DenseParameters dense, int plane) {
    float[] values = new float[dense.size()];
    dense.read(plane, 0, values.length, values, 0);
    return values;
  }
}
