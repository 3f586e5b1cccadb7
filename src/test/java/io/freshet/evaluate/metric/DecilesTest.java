package io.freshet.evaluate.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.freshet.evaluate.report.Decile;
import io.freshet.evaluate.report.GroupedAuc;
import io.freshet.evaluate.report.Spread;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class DecilesTest {

  @ParameterizedTest
  @CsvSource({"1, 1000, 32768", "2, 77, 32768", "3, 3, 32768", "4, 200000, 32768", "5, 50000, 512"})
  void holdATenthOfTheWeightEachInTheOrderOfPredictions(long seed, int n, int bins) {
    Random random = new Random(seed);
    LogitHistogram histogram = new LogitHistogram(bins);
    double[][] examples = new double[n][];
    for (int i = 0; i < n; i++) {
      float p = random.nextFloat();
      double weight = (1 + random.nextInt(8)) / 4.0;
      double label = random.nextFloat() < p ? 1 : 0;
      examples[i] = new double[] {p, weight, label};
      histogram.add(p, weight * label, weight * (1 - label));
    }

    List<Decile> deciles = histogram.deciles();

    double[][] exact = exact(examples);
    assertThat(deciles).hasSize(10);
    for (int d = 0; d < 10; d++) {
      String as = "seed %s, decile %s".formatted(seed, d);
      assertThat(deciles.get(d).weight()).as(as).isCloseTo(exact[d][0], within(1e-6));
      assertThat(deciles.get(d).prediction())
          .as(as)
          .isCloseTo(exact[d][1], within(bins == 512 ? 2e-2 : 2e-4));
      assertThat(deciles.get(d).rate())
          .as(as)
          .isCloseTo(exact[d][2], within(bins == 512 ? 2e-2 : 2e-3));
    }
  }

  @Test
  void equalPredictionsAreSharedOutInProportion() {
    LogitHistogram histogram = new LogitHistogram();
    for (int i = 0; i < 100; i++) {
      histogram.add(0.25f, i < 30 ? 1 : 0, i < 30 ? 0 : 1);
    }

    assertThat(histogram.deciles())
        .hasSize(10)
        .allSatisfy(
            decile -> {
              assertThat(decile.prediction()).isCloseTo(0.25, within(1e-6));
              assertThat(decile.rate()).isCloseTo(0.3, within(1e-9));
            });
  }

  @Test
  void certainPredictionsAreInDecilesToo() {
    LogitHistogram histogram = new LogitHistogram();
    histogram.add(0, 0, 5);
    histogram.add(1, 5, 0);

    List<Decile> deciles = histogram.deciles();

    assertThat(deciles.get(0).prediction()).isCloseTo(0, within(1e-20));
    assertThat(deciles.get(9).prediction()).isCloseTo(1, within(1e-20));
    assertThat(deciles.get(9).rate()).isEqualTo(1);
    assertThat(new Spread(GroupedAuc.NONE, deciles).calibrationError()).isCloseTo(0, within(1e-12));
  }

  @Test
  void noExamplesHaveNone() {
    assertThat(new LogitHistogram().deciles()).isEmpty();
    assertThat(Spread.NONE.calibrationError()).isNaN();
  }

  /** Weight, mean prediction and rate of each tenth, by cutting the sorted examples up. */
  private static double[][] exact(double[][] examples) {
    int[] order =
        IntStream.range(0, examples.length)
            .boxed()
            .sorted(Comparator.comparingDouble(i -> examples[i][0]))
            .mapToInt(i -> i)
            .toArray();
    double tenth = Arrays.stream(examples).mapToDouble(e -> e[1]).sum() / 10;
    double[][] deciles = new double[10][3];
    double at = 0;
    for (int i : order) {
      double end = at + examples[i][1];
      for (int d = 0; d < 10; d++) {
        double share = Math.min(end, (d + 1) * tenth) - Math.max(at, d * tenth);
        if (share > 0) {
          deciles[d][0] += share;
          deciles[d][1] += share * examples[i][0] / tenth;
          deciles[d][2] += share * examples[i][2] / tenth;
        }
      }
      at = end;
    }
    return deciles;
  }
}
