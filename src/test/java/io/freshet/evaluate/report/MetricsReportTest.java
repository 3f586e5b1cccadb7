package io.freshet.evaluate.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class MetricsReportTest {
  private static final Metrics SOME = new Metrics(0, 60_000, 4, 1, 0.25, 0.5, 0.75, 0.9, 1.1);

  @Test
  void asMapNamesEveryFigure() {
    Spread spread =
        new Spread(new GroupedAuc(0.6, 2, 0.5, 0.25, 1), List.of(new Decile(4, 0.25, 0.5)));
    MetricsReport report =
        new MetricsReport(
            SOME,
            SOME,
            44,
            1,
            2,
            MetricsSeries.PROGRESSIVE,
            Optional.empty(),
            spread,
            spread,
            new UsersSeen(3, 5),
            "purchase");

    assertThat(report.asMap())
        .containsOnlyKeys(MetricsReport.FIGURES)
        .containsEntry("gauc", 0.6)
        .containsEntry("window_calibration_error", 0.25)
        .containsEntry("users_per_512", 5.0)
        .containsEntry("logloss", 0.5)
        .containsEntry("window_auc", 0.75)
        .containsEntry("occurrences", 44.0);
  }

  @Test
  void asMapLeavesOutWhatIsNotDefined() {
    assertThat(new MetricsReport(Metrics.NONE, SOME, 44, 1, 2).asMap())
        .containsKeys("auc", "window_examples")
        .doesNotContainKeys("window_auc", "window_logloss");
  }
}
