package io.freshet.model.algebra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.freshet.model.ModelSettings;
import io.freshet.model.dense.DenseParameters;
import io.freshet.model.dense.DenseShape;
import io.freshet.model.layer.Dropout;
import io.freshet.model.network.DenseNetwork;
import io.freshet.model.network.Networks;
import io.freshet.model.optimizer.Sgd;
import io.freshet.model.trunk.Trunks;
import java.util.List;
import java.util.Random;
import org.ejml.data.FMatrixRMaj;
import org.ejml.dense.row.RandomMatrices_FDRM;
import org.junit.jupiter.api.Test;

class LinearAlgebraTest {
  private static final DenseShape SHAPE =
      DenseShape.of(8, ModelSettings.deepFm(5, List.of(60, 30), 0, 7));

  @Test
  void openBlasIsChosenWhereItsNativesAreInTheJar() {
    assertThat(LinearAlgebra.chosen()).isEqualTo(LinearAlgebra.OPENBLAS);
  }

  @Test
  void plainJavaIsChosenWhereOpenBlasDoesNotLoad() {
    LinearAlgebra chosen =
        LinearAlgebra.choose(
            () -> {
              throw new UnsatisfiedLinkError("no natives for this platform");
            });

    assertThat(chosen).isEqualTo(LinearAlgebra.JAVA);
  }

  @Test
  void bothGiveTheSameOutputsAndGradients() {
    DenseNetwork java = network(LinearAlgebra.JAVA);
    DenseNetwork openBlas = network(LinearAlgebra.OPENBLAS);
    Random random = new Random(11);
    float[] expected = new float[SHAPE.size()];
    float[] actual = new float[SHAPE.size()];

    for (int m : new int[] {64, 3, 16, 15, 300, 1}) {
      FMatrixRMaj input = RandomMatrices_FDRM.rectangle(m, 40, -1, 1, random);
      float[] logitGradients = RandomMatrices_FDRM.rectangle(m, 1, -1, 1, random).data;
      logitGradients[m / 2] = Float.NaN;

      assertNear(openBlas.forward(input.copy(), false), java.forward(input.copy(), false));
      assertNear(openBlas.backward(logitGradients), java.backward(logitGradients));
    }
    java.drain(expected);
    openBlas.drain(actual);

    assertThat(actual).containsExactly(expected, within(1e-3f));
  }

  private static DenseNetwork network(LinearAlgebra algebra) {
    float[] values =
        DenseParameters.start(8, ModelSettings.deepFm(5, List.of(60, 30), 0, 7), new Sgd(1))
            .finished();
    DenseNetwork network =
        Networks.of(
            new Trunks.Parts(
                SHAPE.inputs(),
                new int[0],
                SHAPE.network(),
                SHAPE.placed(),
                Dropout.NONE,
                algebra));
    network.values(values);
    return network;
  }

  private static void assertNear(FMatrixRMaj actual, FMatrixRMaj expected) {
    assertThat(actual.getNumElements()).isEqualTo(expected.getNumElements());
    for (int i = 0; i < expected.getNumElements(); i++) {
      assertThat(actual.data[i]).isCloseTo(expected.data[i], within(1e-4f));
    }
  }
}
