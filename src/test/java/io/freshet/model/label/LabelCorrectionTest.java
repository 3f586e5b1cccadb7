package io.freshet.model.label;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.freshet.feature.example.Example;
import io.freshet.feature.example.LabelPolicy;
import io.freshet.feature.example.LabelSettings;
import io.freshet.feature.example.LabelSettings.Sampling;
import io.freshet.feature.example.LabeledExample;
import io.freshet.feature.example.LabeledExample.Kind;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The expectation, over all that one impression is emitted as, of gradients and of judged labels.
 * It is written out here from what the policies do, so that the weights' formulas are held against
 * the streams and not against themselves.
 */
class LabelCorrectionTest {
  private static final double[] PROBABILITIES = {1e-4, 0.01, 0.1, 0.3, 0.5, 0.9, 0.999};
  private static final double[] LATER = {0, 0.2, 0.7, 1};
  private static final Offset<Double> EXACT = within(1e-7);
  private static final double[] RATES = {0.01, 0.1, 0.5, 1};

  /** One way to be emitted: how often an impression of click probability p is, and as what. */
  private record Emitted(double times, LabeledExample example) {}

  private record Stream(LabelCorrection correction, double q, double rate) {

    /** All that an impression is emitted as. */
    List<Emitted> emitted(double p) {
      if (correction instanceof SampledNegatives) {
        return List.of(
            new Emitted(p, example(1, Kind.DECIDED)),
            new Emitted(rate * (1 - p), example(0, Kind.DECIDED)));
      }
      return List.of(
          new Emitted((1 - q) * p, example(1, Kind.DECIDED)),
          new Emitted(rate * (1 - (1 - q) * p), example(0, Kind.FAKE_NEGATIVE)),
          new Emitted(q * p, example(1, Kind.REINGESTED)));
    }

    private LabeledExample example(float label, Kind kind) {
      Example features = new Example(0, new long[0], new float[0]);
      return new LabeledExample("a", 0, label, 1, features, kind, (float) q, false);
    }

    /** The logit whose corrected probability is f. */
    float logit(double f) {
      double low = -40;
      double high = 40;
      while (high - low > 1e-12) {
        double middle = (low + high) / 2;
        if (correction.probability((float) middle) < f) {
          low = middle;
        } else {
          high = middle;
        }
      }
      return (float) low;
    }

    double gradient(double p, double f) {
      double raw = 1 / (1 + Math.exp(-logit(f)));
      double sum = 0;
      for (Emitted emitted : emitted(p)) {
        LabeledExample example = emitted.example();
        double weight = correction.learningWeight(example, f);
        sum += emitted.times() * weight * (raw - example.label());
      }
      return sum;
    }
  }

  static List<Stream> streams() {
    List<Stream> streams = new ArrayList<>();
    for (double rate : RATES) {
      LabelSettings wait = LabelSettings.of(LabelPolicy.WAIT);
      for (Sampling sampling : Sampling.values()) {
        streams.add(new Stream(LabelCorrection.of(wait.withNegatives(rate, sampling)), 0, rate));
      }
      streams.add(new Stream(of(LabelPolicy.FAKE_NEGATIVE_WEIGHTED, rate), 1, rate));
      streams.add(new Stream(of(LabelPolicy.FAKE_NEGATIVE_CALIBRATION, rate), 1, rate));
      for (double q : LATER) {
        streams.add(new Stream(of(LabelPolicy.SHORT_WAIT, rate), q, rate));
      }
    }
    return streams;
  }

  @ParameterizedTest
  @MethodSource("streams")
  void expectedGradientIsThatOfTrueLabelsWhereThePredictionIsRight(Stream stream) {
    for (double p : PROBABILITIES) {
      assertThat(stream.gradient(p, p)).as("p = %s", p).isCloseTo(0, within(2e-6));
      assertThat(stream.gradient(p, 0.9 * p)).as("too low at %s", p).isNegative();
      assertThat(stream.gradient(p, p + 0.1 * (1 - p))).as("too high at %s", p).isPositive();
    }
  }

  @ParameterizedTest
  @MethodSource("streams")
  void whatIsJudgedStandsForTheTraffic(Stream stream) {
    for (double p : PROBABILITIES) {
      double weights = 0;
      double positives = 0;
      for (Emitted emitted : stream.emitted(p)) {
        double weight = emitted.times() * stream.correction().trafficWeight(emitted.example(), p);
        weights += weight;
        positives += weight * emitted.example().label();
      }

      assertThat(weights).as("p = %s", p).isCloseTo(1, within(1e-6));
      assertThat(positives).as("p = %s", p).isCloseTo(p, within(1e-9));
    }
  }

  @Test
  void weightsAreThoseOfTheFormulas() {
    Stream weighted = new Stream(of(LabelPolicy.FAKE_NEGATIVE_WEIGHTED, 1), 1, 1);
    Stream sampled = new Stream(of(LabelPolicy.FAKE_NEGATIVE_WEIGHTED, 0.1), 1, 0.1);
    Stream waited = new Stream(of(LabelPolicy.SHORT_WAIT, 1), 0.25, 1);

    assertThat(weights(weighted, 0.2)).containsExactly(new double[] {1.2, 0.8 * 1.2}, EXACT);
    assertThat(weights(sampled, 0.2))
        .containsExactly(new double[] {0.1 + 0.2, 0.8 * (0.1 + 0.2) / 0.1}, EXACT);
    assertThat(weights(waited, 0.2))
        .containsExactly(
            new double[] {1 + 0.25 * 0.2, 0.8 * (1 + 0.25 * 0.2) / (1 - 0.75 * 0.2)}, EXACT);
  }

  @Test
  void shortWaitIsWaitWhenNoClickIsLater() {
    Stream waited = new Stream(of(LabelPolicy.SHORT_WAIT, 1), 0, 1);

    assertThat(weights(waited, 0.3)).containsExactly(1, 1);
    assertThat(weights(waited, 1)).containsExactly(1, 1);
  }

  @Test
  void calibrationIsClippedAtOne() {
    LabelCorrection all = of(LabelPolicy.FAKE_NEGATIVE_CALIBRATION, 1);
    LabelCorrection tenth = of(LabelPolicy.FAKE_NEGATIVE_CALIBRATION, 0.1);

    assertThat(all.probability(-3)).isCloseTo((float) Math.exp(-3), within(1e-7f));
    assertThat(all.probability(0)).isEqualTo(1);
    assertThat(all.probability(50)).isEqualTo(1);
    assertThat(tenth.probability((float) Math.log(3))).isCloseTo(0.3f, within(1e-7f));
    assertThat(tenth.probability((float) Math.log(11))).isEqualTo(1);
  }

  private static double[] weights(Stream stream, double f) {
    return new double[] {
      stream.correction().learningWeight(stream.example(1, Kind.REINGESTED), f),
      stream.correction().learningWeight(stream.example(0, Kind.FAKE_NEGATIVE), f)
    };
  }

  private static LabelCorrection of(LabelPolicy policy, double rate) {
    return LabelCorrection.of(LabelSettings.of(policy).withNegatives(rate, Sampling.LOG_ODDS));
  }
}
