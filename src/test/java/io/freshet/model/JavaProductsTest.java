package io.freshet.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.ejml.data.FMatrixRMaj;
import org.ejml.dense.row.CommonOps_FDRM;
import org.ejml.dense.row.RandomMatrices_FDRM;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Holds the products against EJML's. */
class JavaProductsTest {
  private static final float NEAR = 1e-4f;

  @ParameterizedTest
  @CsvSource({"1, 1, 1", "2, 5, 3", "7, 16, 33", "50, 61, 40", "3, 130, 1"})
  void productsEqualThoseOfEjml(int m, int in, int out) {
    Random random = new Random(m * 31L + in);
    FMatrixRMaj weights = RandomMatrices_FDRM.rectangle(in, out, -1, 1, random);
    FMatrixRMaj x = halfZero(RandomMatrices_FDRM.rectangle(m, in, -1, 1, random), random);
    FMatrixRMaj dy = halfZero(RandomMatrices_FDRM.rectangle(m, out, -1, 1, random), random);
    JavaProducts products = new JavaProducts(in, out);
    float[] values = new float[in * out + 3];
    System.arraycopy(weights.data, 0, values, 3, in * out);
    products.weights(values, 3);
    FMatrixRMaj y = RandomMatrices_FDRM.rectangle(m + 2, out + 1, random);
    FMatrixRMaj dx = new FMatrixRMaj(0, 0);

    products.forward(x, y);
    products.backward(dy, dx);
    products.gather(x, dy);
    products.gather(x, dy);
    products.drain(values, 3);

    FMatrixRMaj expectedGradient = CommonOps_FDRM.multTransA(x, dy, null);
    CommonOps_FDRM.scale(2, expectedGradient);
    assertEqual(y, CommonOps_FDRM.mult(x, weights, null));
    assertEqual(dx, CommonOps_FDRM.multTransB(dy, weights, null));
    assertThat(Arrays.copyOfRange(values, 3, values.length))
        .containsExactly(expectedGradient.data, within(NEAR));

    products.drain(values, 0);
    assertThat(Arrays.copyOf(values, in * out)).as("drained").containsOnly(0);
  }

  private static void assertEqual(FMatrixRMaj actual, FMatrixRMaj expected) {
    assertThat(actual.numRows).isEqualTo(expected.numRows);
    assertThat(actual.numCols).isEqualTo(expected.numCols);
    assertThat(Arrays.copyOf(actual.data, actual.getNumElements()))
        .containsExactly(expected.data, within(NEAR));
  }

  private static FMatrixRMaj halfZero(FMatrixRMaj matrix, Random random) {
    for (int i = 0; i < matrix.getNumElements(); i++) {
      matrix.data[i] = random.nextBoolean() ? 0 : matrix.data[i];
    }
    return matrix;
  }
}
