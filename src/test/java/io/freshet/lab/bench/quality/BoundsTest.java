package io.freshet.lab.bench.quality;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BoundsTest {
  private static final QualityFigures FIGURES =
      new QualityFigures(1000, .7, .45, .9, 1.02, 1.05, 1.2, 4, .5, 0);

  private final Bounds bounds = new Bounds();

  @Test
  void noBoundHolds() {
    assertThat(broken()).isEmpty();
  }

  @Test
  void whatIsSkippedBreaksAny() {
    QualityFigures skipped = new QualityFigures(1000, .7, .45, .9, 1, 1, 1, 0, .5, 7);

    assertThat(bounds.broken(skipped, Map.of())).containsExactly("7 skipped");
  }

  @Test
  void eachBoundIsNamed() {
    bounds.auc = .75;
    bounds.logloss = .44;
    bounds.ne = .8;
    bounds.worst = 1.0;
    bounds.calibration = List.of(.9, 1.1);

    assertThat(broken())
        .containsExactly(
            "AUC 0.7000 < 0.7500",
            "logloss 0.4500 > 0.4400",
            "NE 0.9000 > 0.8000",
            "worst 1.0500 > 1.0000",
            "calibration 1.2000 > 1.1000");
  }

  @Test
  void fewNatsAreEnoughWhereRelIsTooLarge() {
    bounds.rel = 1.01;
    assertThat(broken()).containsExactly("rel 1.0200 > 1.0100");

    bounds.nats = 5.0;
    assertThat(broken()).isEmpty();
  }

  @Test
  void anotherStreamIsComparedOnceItIsMeasured() {
    bounds.near = "other";
    bounds.within = .001;
    QualityFigures other = new QualityFigures(1000, .7, .44, .9, 1, 1, 1, 0, .5, 0);

    assertThat(broken()).isEmpty();
    assertThat(bounds.broken(FIGURES, Map.of("other", other)))
        .containsExactly("logloss 0.4500 > 0.4410");
  }

  @Test
  void whatIsNoNumberBreaksABound() {
    bounds.logloss = 1.0;
    QualityFigures none = new QualityFigures(1000, .7, Double.NaN, 1, 1, 1, 1, 0, .5, 0);

    assertThat(bounds.broken(none, Map.of())).containsExactly("logloss NaN > 1.0000");
  }

  private List<String> broken() {
    return bounds.broken(FIGURES, Map.of());
  }
}
