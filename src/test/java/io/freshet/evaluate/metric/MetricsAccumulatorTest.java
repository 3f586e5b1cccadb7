package io.freshet.evaluate.metric;

import static io.freshet.evaluate.Written.bytes;
import static io.freshet.evaluate.Written.readBack;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.freshet.evaluate.report.Metrics;
import java.io.IOException;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class MetricsAccumulatorTest {

  @Test
  void usageExample() {
    MetricsAccumulator sums = new MetricsAccumulator();
    sums.add(1000, 1, 1, 0.5f);
    sums.add(2000, 0, 1, 0.25f);
    sums.add(3000, 0, 1, 0.5f);
    sums.add(4000, 0, 1, 0.75f);

    Metrics metrics = sums.metrics();

    assertThat(metrics.from()).isEqualTo(1000);
    assertThat(metrics.to()).isEqualTo(4001);
    assertThat(metrics.examples()).isEqualTo(4);
    assertThat(metrics.positives()).isEqualTo(1);
    assertThat(metrics.ctr()).isEqualTo(0.25);
    double losses = -Math.log(0.5) - Math.log(0.75) - Math.log(0.5) - Math.log(0.25);
    assertThat(metrics.logloss()).isCloseTo(losses / 4, within(1e-12));
    assertThat(metrics.auc()).isEqualTo(0.5); // one of three below, one above, one tie
    double entropy = -0.25 * Math.log(0.25) - 0.75 * Math.log(0.75);
    assertThat(metrics.ne()).isCloseTo(losses / 4 / entropy, within(1e-12));
    assertThat(metrics.calibration()).isCloseTo(2.0, within(1e-12));
  }

  @Test
  void aWeightOfThreeCountsAsThreeExamples() {
    MetricsAccumulator weighted = new MetricsAccumulator();
    weighted.add(0, 1, 3, 0.2f);
    weighted.add(0, 0, 1, 0.1f);
    weighted.add(0, 0, 2, 0.4f);
    MetricsAccumulator repeated = new MetricsAccumulator();
    float[] probabilities = {0.2f, 0.2f, 0.2f, 0.1f, 0.4f, 0.4f};
    for (int i = 0; i < 6; i++) {
      repeated.add(0, i < 3 ? 1 : 0, 1, probabilities[i]);
    }

    Metrics of = weighted.metrics();
    Metrics with = repeated.metrics();

    assertThat(of.auc()).isEqualTo(with.auc());
    assertThat(of.logloss()).isCloseTo(with.logloss(), within(1e-12));
    assertThat(of.ne()).isCloseTo(with.ne(), within(1e-12));
    assertThat(of.calibration()).isCloseTo(with.calibration(), within(1e-12));
  }

  @Test
  void aCertainMistakeCostsNoMoreThanTheClampAllows() {
    MetricsAccumulator sums = new MetricsAccumulator();
    sums.add(0, 1, 1, 0);
    sums.add(0, 0, 1, 1);

    Metrics metrics = sums.metrics();

    assertThat(metrics.logloss()).isCloseTo(-Math.log(1e-7), within(1e-6));
    assertThat(metrics.auc()).isZero();
  }

  @Test
  void whatIsNoProbabilityIsCountedAndLeftOut() {
    MetricsAccumulator sums = new MetricsAccumulator();
    sums.add(0, 1, 1, 0.9f);
    sums.add(0, 0, 1, 0.3f);
    Metrics before = sums.metrics();

    sums.add(5, 1, 1, Float.NaN);
    sums.add(5, 1, 1, Float.POSITIVE_INFINITY);
    sums.add(5, 1, 1, -0.1f);
    sums.add(5, 2, 1, 0.5f);
    sums.add(5, 1, Double.NaN, 0.5f);
    sums.add(5, 1, -1, 0.5f);

    assertThat(sums.invalid()).isEqualTo(6);
    assertThat(sums.metrics()).isEqualTo(before);
  }

  @Test
  void figuresThatTheExamplesDoNotDefineAreNaN() {
    MetricsAccumulator sums = new MetricsAccumulator();
    assertThat(sums.metrics()).isEqualTo(Metrics.NONE);
    sums.add(0, 0, 1, 0.3f);

    Metrics metrics = sums.metrics();

    assertThat(metrics.logloss()).isCloseTo(-Math.log(0.7), within(1e-7));
    assertThat(metrics.auc()).isNaN();
    assertThat(metrics.ne()).isNaN();
    assertThat(metrics.calibration()).isNaN();
  }

  @ParameterizedTest
  @EnumSource
  void histogramAucIsTheExactOneToAHundredThousandth(Spread spread) {
    for (long seed = 1; seed <= 5; seed++) {
      Examples examples = Examples.draw(seed, 100_000, spread);
      MetricsAccumulator sums = examples.sums(0, 100_000);

      double exact = examples.auc();

      assertThat(sums.metrics().auc())
          .as("seed %d, %s, bound %.1e", seed, spread, sums.aucErrorBound())
          .isCloseTo(exact, within(1e-5))
          .isCloseTo(exact, within(sums.aucErrorBound() + 1e-12));
    }
  }

  @Test
  void aucIsExactWhileThereAreFewDistinctPredictions() {
    Examples examples = Examples.draw(7, LogitHistogram.MAX_BINS, Spread.NARROW);

    MetricsAccumulator sums = examples.sums(0, LogitHistogram.MAX_BINS);

    double exact = examples.auc();
    assertThat(sums.aucErrorBound()).isZero();
    assertThat(sums.metrics().auc()).isCloseTo(exact, within(1e-7));
  }

  @Test
  void mergingInAnyOrderGivesTheSame() {
    for (long seed = 1; seed <= 5; seed++) {
      Examples examples = Examples.draw(seed, 90_000, Spread.WIDE);
      MetricsAccumulator left = examples.sums(0, 30_000);
      left.add(examples.sums(30_000, 30_100));
      left.add(examples.sums(30_100, 90_000));
      MetricsAccumulator tail = examples.sums(30_000, 30_100);
      tail.add(examples.sums(30_100, 90_000));
      MetricsAccumulator right = examples.sums(0, 30_000);
      right.add(tail);
      MetricsAccumulator backwards = examples.sums(30_100, 90_000);
      backwards.add(examples.sums(30_000, 30_100));
      backwards.add(examples.sums(0, 30_000));
      MetricsAccumulator whole = examples.sums(0, 90_000);

      // weights are multiples of 1/4, so their sums are exact; those of losses are rounded
      for (MetricsAccumulator other : List.of(right, backwards, whole)) {
        assertThat(left.metrics().auc()).as("seed %d", seed).isEqualTo(other.metrics().auc());
        assertThat(left.metrics().ctr()).isEqualTo(other.metrics().ctr());
        assertThat(left.metrics().logloss()).isCloseTo(other.metrics().logloss(), within(1e-12));
        assertThat(left.examples()).isEqualTo(90_000);
      }
    }
  }

  @Test
  void whatWasWrittenReadsBackAndGoesOnAlike() throws IOException {
    for (int n : new int[] {0, 1, 300, 80_000}) {
      Examples examples = Examples.draw(n, 100_000, Spread.WIDE);
      MetricsAccumulator sums = examples.sums(0, n);

      MetricsAccumulator back = readBack(sums::write, MetricsAccumulator::read);

      assertThat(back.metrics()).isEqualTo(sums.metrics());
      examples.addTo(sums, n, 100_000);
      examples.addTo(back, n, 100_000);
      assertThat(bytes(back::write)).isEqualTo(bytes(sums::write));
    }
  }

  @Test
  void fewExamplesTakeFewBytes() throws IOException {
    MetricsAccumulator sums = new MetricsAccumulator();
    for (int i = 1; i <= 10; i++) {
      sums.add(i, i % 2, 1, i / 20f);
    }

    assertThat(bytes(sums::write)).hasSizeLessThan(150);
  }

  /** Standard deviation and mean of the log-odds. */
  enum Spread {
    NARROW(0.05, -3),
    USUAL(1, -2),
    WIDE(4, 0),
    RARE(1, -5);

    final double deviation;
    final double mean;

    Spread(double deviation, double mean) {
      this.deviation = deviation;
      this.mean = mean;
    }
  }

  private record Examples(float[] probabilities, float[] labels, float[] weights) {

    static Examples draw(long seed, int n, Spread spread) {
      Random random = new Random(seed);
      Examples drawn = new Examples(new float[n], new float[n], new float[n]);
      for (int i = 0; i < n; i++) {
        double logit = spread.mean + spread.deviation * random.nextGaussian();
        drawn.probabilities[i] = (float) (1 / (1 + Math.exp(-logit)));
        drawn.labels[i] = random.nextDouble() < drawn.probabilities[i] ? 1 : 0;
        drawn.weights[i] = (1 + random.nextInt(8)) / 4f;
      }
      return drawn;
    }

    double auc() {
      return RankSum.auc(labels, weights, probabilities, labels.length);
    }

    MetricsAccumulator sums(int from, int to) {
      MetricsAccumulator sums = new MetricsAccumulator();
      addTo(sums, from, to);
      return sums;
    }

    void addTo(MetricsAccumulator sums, int from, int to) {
      for (int i = from; i < to; i++) {
        sums.add(i, labels[i], weights[i], probabilities[i]);
      }
    }
  }
}
