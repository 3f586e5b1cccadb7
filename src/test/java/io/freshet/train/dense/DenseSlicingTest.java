package io.freshet.train.dense;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class DenseSlicingTest {

  @ParameterizedTest
  @CsvSource({"1, 1", "1, 64", "63, 64", "64, 64", "65, 64", "1000, 7", "2147483647, 1024"})
  void everyParameterIsInOneSliceAndAllAreNearlyOfOneLength(int size, int wanted) {
    DenseSlicing slicing = new DenseSlicing(size, wanted);

    assertThat(slicing.slices()).isEqualTo(Math.min(size, wanted));
    int next = 0;
    for (int slice = 0; slice < slicing.slices(); slice++) {
      assertThat(slicing.from(slice)).isEqualTo(next);
      assertThat(slicing.length(slice) - size / slicing.slices()).isBetween(0, 1);
      next += slicing.length(slice);
    }
    assertThat(next).isEqualTo(size);
  }
}
