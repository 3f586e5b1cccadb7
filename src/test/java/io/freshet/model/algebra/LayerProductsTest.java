package io.freshet.model.algebra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.ejml.data.FMatrixRMaj;
import org.ejml.dense.row.CommonOps_FDRM;
import org.ejml.dense.row.RandomMatrices_FDRM;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Holds the products of each linear algebra against EJML's. */
class LayerProductsTest {
  private static final float NEAR = 1e-4f;

  @ParameterizedTest
  @CsvSource({
    "JAVA, 1, 1, 1",
    "JAVA, 2, 5, 3",
    "JAVA, 7, 16, 33",
    "JAVA, 50, 61, 40",
    "JAVA, 3, 130, 1",
    "OPENBLAS, 1, 1, 1",
    "OPENBLAS, 3, 130, 1",
    "OPENBLAS, 3, 20, 10",
    "OPENBLAS, 4, 20, 10",
    "OPENBLAS, 7, 16, 33",
    "OPENBLAS, 16, 33, 7",
    "OPENBLAS, 50, 61, 40",
    "OPENBLAS, 300, 20, 1"
  })
  void productsEqualThoseOfEjml(LinearAlgebra algebra, int m, int in, int out) {
    Random random = new Random(m * 31L + in);
    FMatrixRMaj weights = RandomMatrices_FDRM.rectangle(in, out, -1, 1, random);
    FMatrixRMaj x = halfZero(RandomMatrices_FDRM.rectangle(m, in, -1, 1, random), random);
    FMatrixRMaj dy = halfZero(RandomMatrices_FDRM.rectangle(m, out, -1, 1, random), random);
    LayerProducts products = algebra.products(in, out);
    float[] values = new float[in * out + 3];
    System.arraycopy(weights.data, 0, values, 3, in * out);
    products.weights(values, 3);
    FMatrixRMaj y = RandomMatrices_FDRM.rectangle(m + 2, out + 1, random);
    FMatrixRMaj dx = new FMatrixRMaj(0, 0);

    products.forward(x, y);
    products.backward(x, dy, dx);
    products.backward(x, dy, dx);
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

  @ParameterizedTest
  @CsvSource({
    "JAVA, 20, 16, 33, 5",
    "JAVA, 1, 16, 3, 16",
    "JAVA, 20, 16, 33, 0",
    "OPENBLAS, 20, 16, 33, 5",
    "OPENBLAS, 50, 61, 40, 61",
    "OPENBLAS, 50, 61, 40, 0",
    "OPENBLAS, 20, 16, 1, 5"
  })
  void whatAllRowsHaveInCommonIsMultipliedOnce(
      LinearAlgebra algebra, int m, int in, int out, int owned) {
    Random random = new Random(m * 31L + in);
    FMatrixRMaj weights = RandomMatrices_FDRM.rectangle(in, out, -1, 1, random);
    FMatrixRMaj x = halfZero(RandomMatrices_FDRM.rectangle(m, in, -1, 1, random), random);
    int[] own = random.ints(0, in).distinct().limit(owned).sorted().toArray();
    for (int j = 0; j < in; j++) {
      for (int i = 1; i < m && Arrays.binarySearch(own, j) < 0; i++) {
        x.set(i, j, x.get(0, j));
      }
    }
    LayerProducts products = algebra.products(in, out);
    products.weights(weights.data, 0);
    FMatrixRMaj y = new FMatrixRMaj(0, 0);

    products.forward(x, own, y);
    assertEqual(y, CommonOps_FDRM.mult(x, weights, null));

    CommonOps_FDRM.scale(2, weights);
    products.weights(weights.data, 0);
    products.forward(x, own, y);
    assertEqual(y, CommonOps_FDRM.mult(x, weights, null));
  }

  @ParameterizedTest
  @EnumSource
  void gradientGathersOverStepsOfAnySize(LinearAlgebra algebra) {
    LayerProducts products = algebra.products(2, 3);
    float[] gradient = new float[6];

    for (int drained = 0; drained < 2; drained++) {
      for (int m : new int[] {2, 1, 100, 200, 3, 300, 9}) {
        products.forward(ones(m, 2), new FMatrixRMaj(0, 0));
        products.backward(ones(m, 2), ones(m, 3), new FMatrixRMaj(0, 0));
      }
      products.drain(gradient, 0);

      assertThat(gradient).containsOnly(615);
    }
  }

  @ParameterizedTest
  @CsvSource({"JAVA, 2", "JAVA, 40", "OPENBLAS, 2", "OPENBLAS, 7", "OPENBLAS, 40"})
  void blankedExampleAddsNothing(LinearAlgebra algebra, int m) {
    LayerProducts products = algebra.products(3, 2);
    FMatrixRMaj x = ones(m, 3);
    FMatrixRMaj dy = ones(m, 2);
    x.set(1, 2, Float.POSITIVE_INFINITY);
    products.weights(new float[6], 0);
    products.forward(ones(1, 3), new FMatrixRMaj(0, 0));
    products.backward(ones(1, 3), ones(1, 2), new FMatrixRMaj(0, 0));

    products.forward(x, new FMatrixRMaj(0, 0));
    for (int j = 0; j < 3; j++) {
      x.set(1, j, 0);
    }
    products.blank(1);
    dy.set(1, 0, 0);
    dy.set(1, 1, 0);
    products.backward(x, dy, new FMatrixRMaj(0, 0));

    float[] gradient = new float[6];
    products.drain(gradient, 0);
    assertThat(gradient).containsOnly(m);
  }

  @ParameterizedTest
  @EnumSource
  void newWeightsCountFromTheNextProductOn(LinearAlgebra algebra) {
    LayerProducts products = algebra.products(1, 1);
    FMatrixRMaj y = new FMatrixRMaj(0, 0);

    for (float weight = 1; weight < 4; weight++) {
      products.weights(new float[] {weight}, 0);
      for (int m : new int[] {1, 40}) {
        products.forward(ones(m, 1), y);

        assertThat(y.data[m - 1]).isEqualTo(weight);
      }
    }
  }

  private static FMatrixRMaj ones(int rows, int columns) {
    FMatrixRMaj ones = new FMatrixRMaj(rows, columns);
    CommonOps_FDRM.fill(ones, 1);
    return ones;
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
