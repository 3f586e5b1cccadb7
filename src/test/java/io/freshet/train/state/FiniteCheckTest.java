package io.freshet.train.state;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FiniteCheckTest {
  private final FiniteCheck check = new FiniteCheck();

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
  void oneFloatThatIsNotFiniteShowsWhereverItStands(float odd) {
    float[] values = new float[1000];
    for (int at = 10; at < 990; at++) {
      values[at] = odd;
      assertThat(check.holds(values, 10, 980)).as("at %s", at).isFalse();
      values[at] = Float.MAX_VALUE;
      assertThat(check.holds(values, 10, 980)).as("at %s, mended", at).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {9, 990})
  void whatStandsOutsideDoesNotCount(int at) {
    float[] values = new float[1000];
    values[at] = Float.NaN;

    assertThat(check.holds(values, 10, 980)).isTrue();
  }
}
