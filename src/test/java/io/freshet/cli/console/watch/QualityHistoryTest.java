package io.freshet.cli.console.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.freshet.cli.console.source.BestPossible;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class QualityHistoryTest {
  private static final long MINUTE = 60_000;
  private static final BestPossible HALF =
      (from, to, examples) ->
          examples == 100 ? Optional.of(new BestPossible.Best(0.25, 0.75)) : Optional.empty();

  @Test
  void aWindowThatIsReportedAgainReplacesItself() throws Exception {
    QualityHistory history = new QualityHistory(BestPossible.UNKNOWN);
    history.add(report(0, 100, 0.5, 100), 1000);
    history.add(report(0, 100, 0.4, 100), 2000);

    JsonNode curves = history.toJson("m").path("curves");

    assertThat(curves.path("logloss")).hasSize(1);
    assertThat(curves.at("/logloss/0").asDouble()).isEqualTo(0.4);
  }

  @Test
  void neighborsAreJoinedIntoTheirMeanAndTheOldestGo() throws Exception {
    QualityHistory history = new QualityHistory(BestPossible.UNKNOWN);
    int windows = QualityHistory.MOST_WINDOWS + 7;
    for (int i = 0; i < windows; i++) {
      history.add(report(i, i % 2 == 0 ? 300 : 100, i % 2 == 0 ? 0.4 : 0.8, i), i);
    }

    JsonNode json = history.toJson("m");

    assertThat(json.path("windows").asInt()).isEqualTo(QualityHistory.MOST_WINDOWS);
    assertThat(json.path("dropped_before").asBoolean()).isTrue();
    assertThat(json.path("joined").asInt()).isEqualTo(8);
    JsonNode curves = json.path("curves");
    assertThat(curves.path("logloss").size()).isLessThanOrEqualTo(QualityHistory.MOST_POINTS);
    assertThat(curves.at("/from/0").asLong()).isEqualTo(7 * MINUTE);
    assertThat(curves.at("/to/0").asLong()).isEqualTo(15 * MINUTE);
    assertThat(curves.at("/logloss/0").asDouble()).isCloseTo(0.5, within(1e-9)); // by examples
  }

  @Test
  void theBestStandsBesideWindowsOfItsExamplesOnly() throws Exception {
    QualityHistory history = new QualityHistory(HALF);
    history.add(report(0, 100, 0.5, 100), 0);
    history.add(report(1, 60, 0.5, 160), 0);

    JsonNode curves = history.toJson("m").path("curves");

    assertThat(curves.at("/best_logloss/0").asDouble()).isEqualTo(0.25);
    assertThat(curves.at("/best_ne/0").asDouble()).isEqualTo(0.45); // half of 0.9
    assertThat(curves.at("/best_logloss/1").isNull()).isTrue();
  }

  @Test
  void speedIsWhatTheTotalsGrewByWhileASecondOrMorePassed() throws Exception {
    QualityHistory history = new QualityHistory(BestPossible.UNKNOWN);
    history.add(report(0, 1, 0.5, 1000), 10_000);
    history.add(report(1, 1, 0.5, 1500), 10_400);
    history.add(report(2, 1, 0.5, 5000), 12_000);

    JsonNode speed = history.toJson("m").path("speed");

    assertThat(speed.path("examples_per_second")).hasSize(1);
    assertThat(speed.at("/examples_per_second/0").asDouble()).isEqualTo(2000);
    assertThat(speed.at("/time/0").asLong()).isEqualTo(12_000);
  }

  @Test
  void aJobThatWentBackToACheckpointHasNoSpeedBelowZero() throws Exception {
    QualityHistory history = new QualityHistory(BestPossible.UNKNOWN);
    history.add(report(0, 1, 0.5, 9000), 10_000);
    history.add(report(0, 1, 0.5, 4000), 20_000);
    history.add(report(1, 1, 0.5, 5000), 30_000);

    JsonNode speed = history.toJson("m").path("speed").path("examples_per_second");

    assertThat(speed).hasSize(1);
    assertThat(speed.get(0).asDouble()).isEqualTo(100);
  }

  private static JsonNode report(int minute, long examples, double logloss, long total)
      throws Exception {
    return new ObjectMapper()
        .readTree(
            """
            {"model": "m", "series": "progressive",
             "window": {"from": %s, "to": %s, "examples": %s, "positives": 10, "ctr": 0.1,
                        "logloss": %s, "auc": null, "ne": 0.9, "calibration": 1},
             "since_start": {"examples": %s}}
            """
                .formatted(minute * MINUTE, (minute + 1) * MINUTE, examples, logloss, total));
  }
}
