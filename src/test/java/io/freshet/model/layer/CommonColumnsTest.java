package io.freshet.model.layer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.ejml.data.FMatrixRMaj;
import org.junit.jupiter.api.Test;

class CommonColumnsTest {
  private final CommonColumns common = new CommonColumns();

  /** Twenty equal rows. */
  private static FMatrixRMaj equal(float... row) {
    FMatrixRMaj m = new FMatrixRMaj(20, row.length);
    for (int i = 0; i < m.numRows; i++) {
      System.arraycopy(row, 0, m.data, i * row.length, row.length);
    }
    return m;
  }

  @Test
  void aColumnWithAnotherValueInAnyRowIsNotCommon() {
    FMatrixRMaj m = equal(1, -2, 3, 0, 5);
    m.set(19, 1, Math.nextUp(-2f));
    m.set(7, 3, Float.MIN_VALUE);

    assertThat(common.find(m)).isTrue();
    assertThat(common.own()).containsExactly(1, 3);
  }

  @Test
  void whatIsNoNumberIsNotCommon() {
    FMatrixRMaj m = equal(Float.NaN, Float.POSITIVE_INFINITY, 1, 2);

    assertThat(common.find(m)).isTrue();
    assertThat(common.own()).containsExactly(0, 1);
  }

  @Test
  void fewRowsOrColumnsAreNotWorthIt() {
    FMatrixRMaj m = equal(1, 2, 3, 4, 5, 6);
    for (int j = 0; j < 5; j++) {
      m.set(3, j, -1);
    }

    assertThat(common.find(m)).isFalse();
    assertThat(common.find(new FMatrixRMaj(15, 6))).isFalse();
    assertThat(common.find(equal(1, 1))).isTrue();
    assertThat(Arrays.stream(common.own())).isEmpty();
  }
}
