package io.freshet.lab.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import org.junit.jupiter.api.Test;

final class SummaryTest {

  @Test
  void jsonHoldsExactlyTheseKeys() throws IOException {
    JsonNode json = SampleReports.summary().toJson();

    assertThat(json.fieldNames())
        .toIterable()
        .containsExactly(
            "events",
            "examples",
            "seconds",
            "examples_per_second",
            "logloss",
            "best_logloss",
            "auc",
            "best_auc",
            "ne",
            "calibration",
            "dead_letters",
            "late_clicks",
            "snapshots",
            "updates_expected",
            "updates_in_model");
    assertThat(json.get("best_auc").asDouble()).isEqualTo(0.79012);
    assertThat(json.get("examples_per_second").asDouble()).isBetween(10_825.0, 10_827.0);
    assertThat(json.get("late_clicks").asLong()).isEqualTo(312);
  }

  @Test
  void whatIsUnknownIsNull() throws IOException {
    JsonNode json = SampleReports.nothing().summary().toJson();

    assertThat(json).hasSize(15);
    assertThat(json.get("best_logloss").isNull()).isTrue();
    assertThat(json.get("best_auc").isNull()).isTrue();
    assertThat(json.get("examples_per_second").isNull()).isTrue();
    assertThat(json.get("auc").isNull()).isTrue();
  }

  @Test
  void textIsForPeople() {
    assertThat(SampleReports.summary().toText())
        .contains("logloss       0.4123  (best reachable 0.4017)\n")
        .contains("updates       44,000,000 of 44,000,000, each exactly once\n");
    assertThat(SampleReports.gaps().summary().toText())
        .contains("AUC           –\n")
        .contains("10,999,999 of 11,000,000: NOT exactly once");
  }
}
