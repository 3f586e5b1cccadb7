package io.freshet.evaluate.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.evaluate.EvaluateSettings;
import io.freshet.evaluate.Written;
import io.freshet.evaluate.report.MetricsReport;
import io.freshet.model.batch.Predictions;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class WindowedMetricsTest {
  private static final Duration SECOND = Duration.ofSeconds(1);

  private final WindowedMetrics metrics = new WindowedMetrics(SECOND);

  @Test
  void usageExample() {
    metrics.add(predictions(0.5f, 100, 900, 1100));

    List<MetricsReport> reports = metrics.advanceTo(1000);

    assertThat(reports).hasSize(1);
    assertThat(reports.get(0).window().from()).isZero();
    assertThat(reports.get(0).window().to()).isEqualTo(1000);
    assertThat(reports.get(0).window().examples()).isEqualTo(2);
    assertThat(reports.get(0).sinceStart().examples()).isEqualTo(3);
    assertThat(reports.get(0).occurrences()).isEqualTo(30);
  }

  @Test
  void aWindowClosesWithTheWatermarkOfItsLastMillisecond() {
    metrics.add(predictions(0.5f, 0));

    assertThat(metrics.advanceTo(998)).isEmpty();
    assertThat(metrics.advanceTo(999)).hasSize(1);
    assertThat(metrics.advanceTo(5000)).isEmpty();
  }

  @Test
  void windowsBeforeTheEpochStartAtWholeMultiplesToo() {
    metrics.add(predictions(0.5f, -1));

    assertThat(metrics.advanceTo(0).get(0).window().from()).isEqualTo(-1000);
  }

  @Test
  void windowsCloseOldestFirstAndEmptyOnesDoNotExist() {
    metrics.add(predictions(0.5f, 5000, 1000));

    List<MetricsReport> reports = metrics.advanceTo(Long.MAX_VALUE);

    assertThat(reports).extracting(report -> report.window().from()).containsExactly(1000L, 5000L);
  }

  @Test
  void lateExamplesCountSinceStartOnly() {
    metrics.add(predictions(0.5f, 100));
    metrics.advanceTo(2000);

    metrics.add(predictions(0.5f, 200, 2500));

    assertThat(metrics.report().late()).isEqualTo(1);
    assertThat(metrics.report().sinceStart().examples()).isEqualTo(3);
    assertThat(metrics.advanceTo(3000)).hasSize(1);
  }

  @Test
  void readingBackGoesOnAsIfNothingHadHappened() throws IOException {
    metrics.add(predictions(0.25f, 100, 1100));
    metrics.advanceTo(1000);
    WindowedMetrics back = readBack(SECOND);
    Predictions more = predictions(0.75f, 200, 1200, 2200);

    metrics.add(more);
    back.add(more);

    assertThat(back.report()).isEqualTo(metrics.report());
    assertThat(back.advanceTo(Long.MAX_VALUE)).isEqualTo(metrics.advanceTo(Long.MAX_VALUE));
    assertThat(back.report().late()).isEqualTo(1);
  }

  @Test
  void openWindowsKeepTheirLengthWhenTheSettingChanges() throws IOException {
    metrics.add(predictions(0.5f, 1500));
    WindowedMetrics back = readBack(Duration.ofSeconds(10));
    back.add(predictions(0.5f, 1600));

    List<MetricsReport> reports = back.advanceTo(Long.MAX_VALUE);

    assertThat(reports).extracting(report -> report.window().to()).containsExactly(2000L, 10000L);
  }

  @Test
  void windowsOfNoLengthAreRefused() {
    assertThatThrownBy(() -> new WindowedMetrics(Duration.ZERO)).hasMessageContaining("PT0S");
  }

  private WindowedMetrics readBack(Duration window) throws IOException {
    return Written.readBack(
        metrics::write,
        in -> WindowedMetrics.read(in, EvaluateSettings.DEFAULT.withWindow(window), Map.of()));
  }

  private static Predictions predictions(float probability, long... times) {
    return Written.predictions(0, probability, times);
  }
}
