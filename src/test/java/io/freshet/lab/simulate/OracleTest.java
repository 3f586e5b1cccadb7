package io.freshet.lab.simulate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class OracleTest {
  private static final long MINUTE = 60_000;

  @Test
  void loglossAndAucEqualBruteForce() {
    Oracle oracle = new Oracle(Duration.ofMinutes(1));
    List<Example> examples = examples(3000, 5);

    examples.forEach(e -> oracle.add(e.time, e.probability, e.clicked));

    assertThat(oracle.best().examples()).isEqualTo(3000);
    assertThat(oracle.best().logloss()).isCloseTo(logloss(examples), within(1e-9));
    assertThat(oracle.best().auc()).isCloseTo(auc(examples), within(1e-4));
  }

  @Test
  void aRangeOfTimeHoldsItsExamplesOnly() {
    Oracle oracle = new Oracle(Duration.ofMinutes(1));
    List<Example> examples = examples(3000, 6);
    examples.forEach(e -> oracle.add(e.time, e.probability, e.clicked));

    Oracle.Best best = oracle.best(3 * MINUTE, 5 * MINUTE);

    List<Example> within =
        examples.stream().filter(e -> e.time >= 3 * MINUTE && e.time < 5 * MINUTE).toList();
    assertThat(best.examples()).isEqualTo(within.size());
    assertThat(best.clicks()).isEqualTo(within.stream().filter(Example::clicked).count());
    assertThat(best.logloss()).isCloseTo(logloss(within), within(1e-9));
  }

  @Test
  void aRangeIsWidenedToWholeBuckets() {
    Oracle oracle = new Oracle(Duration.ofMinutes(1));
    oracle.add(10, 0.5, true);
    oracle.add(MINUTE + 10, 0.5, false);
    oracle.add(2 * MINUTE + 10, 0.5, false);

    assertThat(oracle.best(20, MINUTE + 1).examples()).isEqualTo(2);
  }

  @Test
  void aWindowOfOtherExamplesHasNoBest() {
    Oracle oracle = new Oracle(Duration.ofMinutes(1));
    examples(100, 7).forEach(e -> oracle.add(0, e.probability, e.clicked));

    assertThat(oracle.best(0, MINUTE, 100)).contains(oracle.best(0, MINUTE));
    assertThat(oracle.best(0, MINUTE, 97)).isPresent();
    assertThat(oracle.best(0, MINUTE, 60)).isEmpty();
    assertThat(oracle.best(0, MINUTE, 140)).isEmpty();
  }

  @Test
  void tiesCountHalf() {
    Oracle oracle = new Oracle(Duration.ofMinutes(1));
    oracle.add(0, 0.3, true);
    oracle.add(0, 0.3, false);

    assertThat(oracle.best().auc()).isEqualTo(0.5);
  }

  @Test
  void nothingHasNoBest() {
    assertThat(new Oracle(Duration.ofMinutes(1)).best().logloss()).isNaN();
  }

  private static List<Example> examples(int n, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    return IntStream.range(0, n)
        .mapToObj(
            i -> {
              double p = 0.02 + 0.9 * Math.pow(random.nextDouble(), 3);
              return new Example(random.nextLong(10 * MINUTE), p, random.nextDouble() < p);
            })
        .toList();
  }

  private static double logloss(List<Example> examples) {
    return examples.stream()
        .mapToDouble(e -> -Math.log(e.clicked ? e.probability : 1 - e.probability))
        .average()
        .orElseThrow();
  }

  private static double auc(List<Example> examples) {
    double inOrder = 0;
    long pairs = 0;
    for (Example click : examples) {
      for (Example other : examples) {
        if (click.clicked && !other.clicked) {
          pairs++;
          inOrder += 0.5 + Math.signum(click.probability - other.probability) / 2;
        }
      }
    }
    return inOrder / pairs;
  }

  private record Example(long time, double probability, boolean clicked) {}
}
