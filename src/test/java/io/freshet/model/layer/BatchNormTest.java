package io.freshet.model.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import java.util.function.DoubleSupplier;
import org.ejml.data.FMatrixRMaj;
import org.junit.jupiter.api.Test;

class BatchNormTest {
  private static final int EXAMPLES = 6;
  private static final int UNITS = 3;
  private static final double H = 1e-4;

  @Test
  void gradientsAreThoseOfTheFormula() {
    Random random = new Random(5);
    double[] x = random.doubles(EXAMPLES * UNITS, -2, 2).toArray();
    double[] scale = {0.5, 2, -1};
    double[] up =
        random.doubles(x.length, -1, 1).toArray(); // outputGradients of the loss by the outputs
    BatchNorm norm = norm(scale);

    norm.forward(matrix(x), true);
    FMatrixRMaj outputGradients = matrix(up);
    norm.backward(outputGradients);
    float[] scaleGradient = new float[UNITS];
    norm.drain(scaleGradient, 0);

    for (int i = 0; i < x.length; i++) {
      assertThat((double) outputGradients.data[i])
          .isCloseTo(difference(x, i, () -> loss(x, scale, up)), within(1e-4));
    }
    for (int j = 0; j < UNITS; j++) {
      assertThat((double) scaleGradient[j])
          .isCloseTo(difference(scale, j, () -> loss(x, scale, up)), within(1e-4));
    }
  }

  @Test
  void predictionTakesTheMeanAndVarianceOfTheBatchesBefore() {
    Random random = new Random(6);
    BatchNorm norm = norm(new double[] {1, 1, 1});
    for (int step = 0; step < 200; step++) {
      norm.forward(matrix(random.doubles(600 * UNITS, 3, 5).toArray()), true);
    }
    FMatrixRMaj x = matrix(new double[] {4, 4, 5});

    norm.forward(x, false);

    double deviation = Math.sqrt(4 / 12.0); // of numbers spread evenly over 3 … 5
    assertThat(x.data).containsExactly(new float[] {0, 0, (float) (1 / deviation)}, within(0.05f));
  }

  @Test
  void runningMeansComeBackAsTheyWere() {
    BatchNorm norm = norm(new double[] {1, 1, 1});
    norm.forward(matrix(new double[] {1, 2, 3, 4, 5, 7}), true);
    float[] before = norm.running();

    norm.forward(matrix(new double[] {9, 9, 9, 8, 8, 8}), true);
    assertThat(norm.running()).isNotEqualTo(before);
    norm.running(before);

    assertThat(norm.running()).containsExactly(before);
  }

  private static double loss(double[] x, double[] scale, double[] up) {
    double loss = 0;
    for (int j = 0; j < UNITS; j++) {
      int unit = j;
      double[] column = new double[EXAMPLES];
      Arrays.setAll(column, i -> x[i * UNITS + unit]);
      double mean = Arrays.stream(column).average().orElseThrow();
      double variance = Arrays.stream(column).map(v -> (v - mean) * (v - mean)).sum() / EXAMPLES;
      for (int i = 0; i < EXAMPLES; i++) {
        loss += up[i * UNITS + j] * scale[j] * (column[i] - mean) / Math.sqrt(variance + 1e-5);
      }
    }
    return loss;
  }

  private static double difference(double[] values, int i, DoubleSupplier loss) {
    double value = values[i];
    values[i] = value + H;
    double up = loss.getAsDouble();
    values[i] = value - H;
    double down = loss.getAsDouble();
    values[i] = value;
    return (up - down) / (2 * H);
  }

  private static BatchNorm norm(double[] scale) {
    BatchNorm norm = new BatchNorm(UNITS);
    norm.scale(floats(scale), 0);
    return norm;
  }

  private static FMatrixRMaj matrix(double[] values) {
    return new FMatrixRMaj(values.length / UNITS, UNITS, true, floats(values));
  }

  private static float[] floats(double[] values) {
    float[] floats = new float[values.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) values[i];
    }
    return floats;
  }
}
