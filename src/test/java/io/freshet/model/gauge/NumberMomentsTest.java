package io.freshet.model.gauge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.freshet.feature.NumericField.Scale;
import java.util.Arrays;
import java.util.Random;
import java.util.function.DoubleSupplier;
import org.junit.jupiter.api.Test;

final class NumberMomentsTest {
  private final double[] values = new double[2 + NumberMoments.SUMS];
  private final NumberMoments moments = new NumberMoments(values, 2);
  private final Random random = new Random(1);

  @Test
  void evenNumbersAreTakenAsTheyAreAndSkewedOnesByTheirLogarithm() {
    add(1000, random::nextDouble);
    assertThat(moments.scale(Scale.AUTO).unit()).isZero();

    Arrays.fill(values, 0);
    add(1000, () -> Math.exp(2 * random.nextGaussian()));
    assertThat(moments.scale(Scale.AUTO).unit()).isEqualTo(1);
    assertThat(moments.scale(Scale.RAW).unit()).isZero();
    assertThat(moments.scale(Scale.LOG).unit()).isEqualTo(1);
  }

  @Test
  void skewedNumbersBelowOneHaveALogarithmThatBendsThere() {
    add(1000, () -> 0.1 * Math.exp(2 * random.nextGaussian()));
    assertThat(moments.scale(Scale.AUTO).unit()).isEqualTo(1000);

    Arrays.fill(values, 0);
    add(1000, random::nextDouble);
    assertThat(moments.scale(Scale.AUTO).unit()).as("of even ones").isZero();
  }

  @Test
  void standardizedNumbersHaveMeanZeroAndDeviationOneWhateverTheirScale() {
    for (double scale : new double[] {1e-6, 1, 1e9}) {
      Arrays.fill(values, 0);
      double[] numbers = random.doubles(5000, scale, 3 * scale).toArray();
      for (double number : numbers) {
        moments.add(number);
      }
      NumberScale raw = moments.scale(Scale.RAW);

      double sum = 0;
      double squares = 0;
      for (double number : numbers) {
        double z = raw.standardize(number);
        sum += z;
        squares += z * z;
      }
      assertThat(sum / numbers.length).isCloseTo(0, within(1e-6));
      assertThat(squares / numbers.length).isCloseTo(1, within(1e-6));
    }
  }

  @Test
  void standardizedNumbersAreClipped() {
    add(1000, random::nextGaussian);

    assertThat(moments.scale(Scale.RAW).standardize(1e15)).isEqualTo(3);
    assertThat(moments.scale(Scale.RAW).standardize(-1e15)).isEqualTo(-3);
  }

  @Test
  void aConstantStandsForNothing() {
    assertThat(moments.scale(Scale.AUTO).standardize(42)).as("before any").isZero();
    moments.add(42);
    assertThat(moments.scale(Scale.AUTO).standardize(42)).as("after one").isZero();

    Arrays.fill(values, 0);
    add(30_000, () -> 1e15 / 3);

    assertThat(moments.scale(Scale.AUTO).standardize(1e15 / 3)).isZero();
    assertThat(moments.scale(Scale.LOG).standardize(1e15 / 3)).isZero();
  }

  @Test
  void whenFullItForgetsHalfAndFollowsTheStream() {
    add(19_999, () -> 1 + random.nextDouble());
    NumberScale before = moments.scale(Scale.RAW);
    moments.add(1.5);
    moments.halveIfFull();

    assertThat(values[2]).isEqualTo(10_000);
    assertThat(moments.scale(Scale.RAW).mean()).isCloseTo(before.mean(), within(1e-4));

    for (int i = 0; i < 60_000; i++) {
      moments.add(1000 * random.nextDouble());
      moments.halveIfFull();
    }
    assertThat(moments.scale(Scale.RAW).mean()).isCloseTo(500, within(60.0));
    assertThat(values[0] + values[1]).as("untouched before").isZero();
  }

  private void add(int n, DoubleSupplier number) {
    for (int i = 0; i < n; i++) {
      moments.add(number.getAsDouble());
    }
  }
}
