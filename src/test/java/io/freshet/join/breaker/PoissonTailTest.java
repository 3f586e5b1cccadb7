package io.freshet.join.breaker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class PoissonTailTest {

  @ParameterizedTest
  @CsvSource({"0,0.5", "0,30", "8,30", "29,30", "3,4.5", "100,300", "250,300", "299,300"})
  void lowerTailIsTheSumOfItsTerms(long n, double mean) {
    double sum = 0;
    for (long k = 0; k <= n; k++) {
      sum += probability(k, mean);
    }

    assertThat(PoissonTail.logAtMost(n, mean)).isCloseTo(Math.log(sum), within(1e-11));
  }

  @ParameterizedTest
  @CsvSource({"1,0.5", "31,30", "60,30", "120,30", "301,300", "450,300"})
  void upperTailIsTheSumOfItsTerms(long n, double mean) {
    double sum = 0;
    for (long k = n + 600; k >= n; k--) {
      sum += probability(k, mean);
    }

    assertThat(PoissonTail.logAtLeast(n, mean)).isCloseTo(Math.log(sum), within(1e-11));
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.5, 16.5, 30.5, 1000.5, 1e6 + 0.5})
  void theTwoTailsAreAllThereIs(double mean) {
    long n = (long) mean;

    double all =
        Math.exp(PoissonTail.logAtMost(n, mean)) + Math.exp(PoissonTail.logAtLeast(n + 1, mean));

    assertThat(all).isCloseTo(1, within(1e-8));
  }

  @ParameterizedTest
  @CsvSource({"30,30", "40,30"})
  void whatIsNotBelowTheMeanIsNoSmallCount(long n, double mean) {
    assertThat(PoissonTail.logAtMost(n, mean)).isZero();
  }

  @Test
  void whatNoDoubleHoldsHasItsLogarithm() {
    assertThat(PoissonTail.logAtMost(0, 1e6)).isEqualTo(-1e6);
    assertThat(PoissonTail.logAtLeast(5_000_000, 1e6)).isLessThan(-4e6);
  }

  /** Term by term, as its definition says. */
  private static double probability(long k, double mean) {
    double p = Math.exp(-mean);
    for (long i = 1; i <= k; i++) {
      p *= mean / i;
    }
    return p;
  }
}
