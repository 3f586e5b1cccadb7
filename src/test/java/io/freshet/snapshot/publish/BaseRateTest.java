package io.freshet.snapshot.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

class BaseRateTest {
  private static final double LONG_AGO = 1e6;

  @Test
  void theLimitComesNearerWithClicks() {
    assertThat(BaseRate.neLimit(3_333, 0.03, LONG_AGO)).isCloseTo(1.065, within(1e-3));
    assertThat(BaseRate.neLimit(333_333, 0.03, LONG_AGO)).isCloseTo(1.0065, within(1e-4));
    assertThat(BaseRate.neLimit(10_000, 0.5, LONG_AGO)).isCloseTo(1.0216, within(1e-4));
  }

  @Test
  void withFewOfOneKindNothingCanBeSaid() {
    assertThat(BaseRate.neLimit(1_000, 0.029, LONG_AGO)).isNaN();
    assertThat(BaseRate.neLimit(1_000, 0.971, LONG_AGO)).isNaN();
    assertThat(BaseRate.neLimit(1_000, 0, LONG_AGO)).isNaN();
    assertThat(BaseRate.neLimit(0, Double.NaN, 0)).isNaN();
    assertThat(BaseRate.neLimit(1_000, 0.031, LONG_AGO)).isFinite();
  }

  @Test
  void aModelThatKnowsNothingYetMayLoseABitOnEachOfTheFirstExamples() {
    double allowed = BaseRate.neLimit(2_000, 0.1, 0) - BaseRate.neLimit(2_000, 0.1, LONG_AGO);
    double half = BaseRate.neLimit(2_000, 0.1, 500) - BaseRate.neLimit(2_000, 0.1, LONG_AGO);

    assertThat(allowed * 2_000 * BaseRate.entropy(0.1)).isCloseTo(1000 * Math.log(2), within(1e-6));
    assertThat(half).isCloseTo(allowed / 2, within(1e-9));
  }

  /** Log-odds that differ from the base rate's by about 1, and are right on average. */
  @Test
  void aCalibratedModelIsNotCalledWorseByChance() {
    Random random = new Random(1);
    for (double rate : new double[] {0.005, 0.03, 0.2, 0.5}) {
      int examples = (int) (60 / rate);
      int worse = 0;
      for (int trial = 0; trial < 2_000; trial++) {
        worse += isWorse(examples, rate, random) ? 1 : 0;
      }
      assertThat(worse).as("of 2,000 at %s", rate).isLessThanOrEqualTo(2);
    }
  }

  private static boolean isWorse(int examples, double rate, Random random) {
    double loss = 0;
    int clicks = 0;
    for (int i = 0; i < examples; i++) {
      double p = 1 / (1 + Math.exp(-(Math.log(rate / (1 - rate)) + random.nextGaussian())));
      boolean click = random.nextDouble() < p;
      clicks += click ? 1 : 0;
      loss -= Math.log(click ? p : 1 - p);
    }
    double seen = (double) clicks / examples;
    double ne = loss / examples / BaseRate.entropy(seen);
    return ne > BaseRate.neLimit(examples, seen, LONG_AGO);
  }
}
