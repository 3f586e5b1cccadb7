package io.freshet.lab.bench.quality;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class PredictedStreamTest {
  @Test
  void theBaseRateIsAsGoodAsItself() {
    PredictedStream stream = new PredictedStream();
    int clicks = 0;
    for (int i = 0; i < 3000; i++) {
      boolean click = i % 7 == 0;
      stream.add(click, (float) ((clicks + .5) / (i + 1)));
      clicks += click ? 1 : 0;
    }

    QualityFigures figures = stream.figures(1000, 0);

    assertThat(figures.rel()).isCloseTo(1, within(1e-6));
    assertThat(figures.worst()).isCloseTo(1, within(1e-6));
    assertThat(figures.nats()).isCloseTo(0, within(1e-3));
    assertThat(figures.calibration()).isCloseTo(1, within(.01));
    assertThat(figures.logloss()).isEqualTo(figures.baseLogloss(), within(1e-6));
  }

  @Test
  void theWorstWindowIsSeen() {
    PredictedStream stream = new PredictedStream();
    for (int i = 0; i < 2000; i++) {
      boolean click = i % 2 == 0;
      float wrong = click ? .1f : .9f;
      float right = click ? .9f : .1f;
      stream.add(click, i >= 1500 && i < 1600 ? wrong : right);
    }

    QualityFigures figures = stream.figures(1000, 0);

    assertThat(figures.worst()).isCloseTo(Math.log(10) / Math.log(2), within(.01));
    assertThat(figures.rel()).isLessThan(1);
  }

  @Test
  void whatIsNoProbabilityIsSkippedAndCosts() {
    PredictedStream stream = new PredictedStream();
    stream.add(true, Float.NaN);
    stream.add(false, .5f);

    QualityFigures figures = stream.figures(0, 3);

    assertThat(figures.skipped()).isEqualTo(4);
    assertThat(figures.logloss()).isGreaterThan(8);
  }
}
