package io.freshet.model.gauge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.freshet.model.ModelKind;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class MixtureTest {

  @ParameterizedTest
  @EnumSource(ModelKind.class)
  void priorsAddUpToOneAndTheWholeModelHasHalf(ModelKind kind) {
    List<Expert> experts = Expert.of(kind);

    assertThat(experts.stream().mapToDouble(Expert::weight).sum()).isCloseTo(1, within(1e-12));
    assertThat(experts.get(experts.size() - 1)).isEqualTo(Expert.whole(0.5));
    assertThat(experts).filteredOn(Expert::isBaseRate).hasSize(1);
  }

  /**
   * With weights that follow every example, no correction (of which the bound knows nothing: it is
   * part of what the experts predict) and fewer examples than are forgotten.
   */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void itsLossExceedsThatOfTheBestExpertByAtMostTheLogarithmOfItsPrior(long seed) {
    Random random = new Random(seed);
    List<Expert> experts = Expert.of(ModelKind.DEEPFM);
    double[] sums = new double[Mixture.sums(experts.size())];
    Mixture mixture = new Mixture(experts, sums, 0);
    double noise = 5 * random.nextDouble();
    double loss = 0;
    for (int i = 0; i < 5000; i++) {
      double truth = random.nextGaussian() * 2 - 3 * (seed % 2);
      double label = random.nextDouble() < 1 / (1 + Math.exp(-truth)) ? 1 : 0;
      mixture.begin();
      double first = truth / 2 + noise * random.nextGaussian();
      double p =
          mixture.predict(-1, first, truth + (i > 2500 ? 20 : noise) * random.nextGaussian());
      loss -= label > 0 ? Math.log(p) : Math.log(1 - p);
      mixture.add(1, label, 1);
    }

    for (int k = 0; k < experts.size(); k++) {
      assertThat(loss - sums[2 + k])
          .as("regret against expert %s of seed %s", k, seed)
          .isLessThan(-Math.log(experts.get(k).weight()) + 1e-6);
    }
  }

  @Test
  void aModelFarBehindFirstOrderIsRuinedUntilAllAreTrustedAgain() {
    List<Expert> experts = Expert.of(ModelKind.DEEPFM);
    Mixture mixture = new Mixture(experts, new double[Mixture.sums(experts.size())], 0);
    for (int i = 0; i < 4; i++) {
      assertThat(mixture.isRuined()).isFalse();
      for (int j = 0; j < 3; j++) {
        mixture.begin();
        mixture.predict(0, 1, -1e30); // each costs it 13.8 nats
        mixture.add(1, 1, 1);
      }
      if (i == 2) {
        assertThat(mixture.isRuined()).isTrue();
        mixture.clear();
      }
    }
  }

  @Test
  void anExpertThatIsRightTakesOver() {
    Mixture mixture = ofDeepFm();
    for (int i = 0; i < 200; i++) {
      mixture.begin();
      mixture.predict(0, 0, i % 2 == 0 ? -4 : 4);
      mixture.add(1, i % 2, 1);
    }
    mixture.begin();

    assertThat(mixture.experts().get(6).weight()).isGreaterThan(0.9);
    assertThat(mixture.predict(0, 0, 4)).isGreaterThan(0.9);
  }

  @Test
  void whatIsNotFiniteIsLeftToTheOthers() {
    Mixture mixture = ofDeepFm();
    for (int i = 0; i < 100; i++) {
      mixture.begin();
      double p = mixture.predict(-2, 0.1, Double.NaN);
      assertThat(p).isBetween(1e-6, 1 - 1e-6);
      mixture.add(1, i % 8 == 0 ? 1 : 0, 1);
    }
    mixture.begin();

    assertThat(mixture.predict(-2, 0.1, Double.POSITIVE_INFINITY)).isCloseTo(0.12, within(0.03));
    assertThat(mixture.experts().get(6).weight()).isZero();
  }

  @Test
  void expertsAreCalibratedByCounts() {
    Mixture mixture = ofDeepFm();
    Random random = new Random(3);
    for (int i = 0; i < 3000; i++) {
      mixture.begin();
      mixture.predict(-3, 0, 2); // predicts 27 % where 5 % are positive
      mixture.add(1, random.nextDouble() < 0.05 ? 1 : 0, 1);
    }
    mixture.begin();

    assertThat(mixture.predict(-3, 0, 2)).isCloseTo(0.05, within(0.01));
  }

  @Test
  void theSnapshotPredictsTheSame() {
    Mixture mixture = ofDeepFm();
    Random random = new Random(4);
    for (int i = 0; i < 50; i++) {
      double first = random.nextGaussian();
      double sum = 3 * random.nextGaussian();
      mixture.begin();
      PublishedGauge published = new PublishedGauge(List.of(), -1.5, mixture.experts());

      double p = mixture.predict(-1.5, first, sum);

      assertThat(1 / (1 + Math.exp(-published.logit((float) first, (float) sum))))
          .isCloseTo(mixture.predict(-1.5, (float) first, (float) sum), within(1e-12))
          .isCloseTo(p, within(1e-6));
      mixture.add(1 + i % 3, i % 4 == 0 ? 1 : 0, 1);
    }
  }

  /** A server refuses a score that is no number: half a chance would be served as one. */
  @Test
  void aPublishedExpertThatCountsAndPredictsNoNumberMakesTheScoreNone() {
    Expert base = new Expert(0, 0, 0.5, 0);
    PublishedGauge counts =
        new PublishedGauge(List.of(), -1.5, List.of(base, new Expert(0, 1, 0.5, 0)));
    PublishedGauge counted =
        new PublishedGauge(List.of(), -1.5, List.of(base, new Expert(0, 1, 1e-9, 0)));

    assertThat(counts.logit(0, Double.NaN)).isNaN();
    assertThat(counts.logit(0, Double.POSITIVE_INFINITY)).isNaN();
    assertThat(counted.logit(0, Double.NaN)).isFinite();
  }

  @Test
  void aCorrectedLabelCountsAsIfItHadBeenRightAtOnce() {
    double[] corrected = new double[Mixture.sums(7)];
    double[] right = new double[Mixture.sums(7)];
    Mixture one = new Mixture(Expert.of(ModelKind.DEEPFM), corrected, 0);
    Mixture other = new Mixture(Expert.of(ModelKind.DEEPFM), right, 0);
    for (Mixture mixture : List.of(one, other)) {
      mixture.begin();
      mixture.predict(-1, 0.5, 1.5);
    }

    one.add(2, 0, 1);
    one.correct(2, 1, 1);
    other.add(2, 1, 1);

    assertThat(corrected).containsExactly(right, within(1e-12));
  }

  @Test
  void whenFullItForgetsHalf() {
    double[] sums = new double[Mixture.sums(7)];
    Mixture mixture = new Mixture(Expert.of(ModelKind.DEEPFM), sums, 0);
    mixture.begin();
    mixture.predict(0, 0, 0);
    for (int i = 0; i < 19_999; i++) {
      mixture.add(1, 1, 1);
      mixture.halveIfFull();
    }
    double before = sums[2];
    mixture.add(1, 1, 1);
    mixture.halveIfFull();

    assertThat(sums[1]).isEqualTo(10_000);
    assertThat(sums[2]).isCloseTo(before / 2, within(1.0));
  }

  private static Mixture ofDeepFm() {
    return new Mixture(Expert.of(ModelKind.DEEPFM), new double[Mixture.sums(7)], 0);
  }
}
