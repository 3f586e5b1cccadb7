package io.freshet.cli.console.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.freshet.evaluate.offline.ServedImpression;
import io.freshet.evaluate.offline.ServedImpression.Score;
import java.util.List;
import org.junit.jupiter.api.Test;

class ServedHistoryTest {
  private final ServedHistory history = new ServedHistory();

  private void impression(long key, String version, float probability, float shadow) {
    history.impression(
        new ServedImpression(
            key, new Score("ctr", version, probability), List.of(new Score("next", "v9", shadow))));
  }

  @Test
  void whatWasServedIsHeldAgainstItsLabelsWhicheverCameFirst() {
    history.label(1, 1000, 1, 1);
    impression(1, "v1", 0.5f, 0.75f);
    impression(2, "v1", 0.25f, 0.125f);
    impression(2, "v1", 0.25f, 0.125f); // was written twice
    history.label(2, 1000, 0, 1);
    impression(3, "v2", 0.5f, 0.75f);
    history.label(3, 1000, 0, 1);
    history.label(3, 2000, 1, 1); // was clicked late
    history.label(3, 1000, 0, 1);
    impression(4, "v2", 0.5f, 0.75f); // has no label yet

    JsonNode json = history.toJson();

    assertThat(json.path("impressions").asInt()).isEqualTo(4);
    assertThat(json.path("unlabeled").asInt()).isEqualTo(1);
    assertThat(json.path("models")).hasSize(2);
    JsonNode answered = json.path("models").path(0);
    assertThat(answered.path("model").asText()).isEqualTo("ctr");
    assertThat(answered.path("examples").asInt()).isEqualTo(3);
    double loss = -(2 * Math.log(0.5) + Math.log(0.75)) / 3;
    assertThat(answered.path("logloss").asDouble()).isCloseTo(loss, within(1e-6));
    assertThat(answered.path("calibration").asDouble()).isCloseTo(1.25 / 2, within(1e-6));
    assertThat(answered.has("difference")).isFalse();
  }

  @Test
  void aShadowIsPairedWithWhatWasAnswered() {
    impression(1, "v1", 0.5f, 0.75f);
    impression(2, "v1", 0.25f, 0.125f);
    history.label(1, 1000, 1, 1);
    history.label(2, 1000, 0, 1);

    JsonNode shadow = history.toJson().path("models").path(1);

    assertThat(shadow.path("model").asText()).isEqualTo("next");
    assertThat(shadow.path("shadow").asBoolean()).isTrue();
    double first = Math.log(0.5) - Math.log(0.75);
    double second = Math.log(0.75) - Math.log(0.875);
    assertThat(shadow.path("difference").asDouble()).isCloseTo((first + second) / 2, within(1e-6));
    double deviation = Math.abs(first - second) / 2;
    assertThat(shadow.path("interval").asDouble())
        .isCloseTo(1.96 * deviation / Math.sqrt(2), within(1e-6));
  }

  @Test
  void theLatestVersionsComeFirstAndTheOldestImpressionsGo() {
    int versions = ServedHistory.MOST_VERSIONS + 3;
    for (int i = 0; i < ServedHistory.MOST + versions; i++) {
      history.impression(
          new ServedImpression(i, new Score("ctr", "v" + i % versions, 0.5f), List.of()));
      history.label(i, i, 0, 1);
    }

    JsonNode json = history.toJson();

    assertThat(json.path("impressions").asInt()).isEqualTo(ServedHistory.MOST);
    assertThat(json.path("versions")).hasSize(ServedHistory.MOST_VERSIONS);
    assertThat(json.path("other_versions").asInt()).isEqualTo(3);
    int last = (ServedHistory.MOST + versions - 1) % versions;
    assertThat(json.at("/versions/0/version").asText()).isEqualTo("v" + last);
  }
}
