package io.freshet.lab.evaluate;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.freshet.evaluate.offline.Bootstrap;
import io.freshet.job.example.PredictedExample;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ServedScoresTest {
  private final ServedScores scores = new ServedScores(Optional.empty());

  private void label(String id, float label, long user) {
    scores.label(new PredictedExample("m", id, 1000, label, 1, 0.9f, user, 1, Optional.empty()));
  }

  private void impression(String id, String version, double score, double shadow)
      throws IOException {
    String json =
        """
        {"impression_id": "%s", "features": {}, "served": {"model": "ctr", "version": "%s", "score": %s,
         "shadows": [{"model": "next", "version": "v9", "score": %s}]}}
        """
            .formatted(id, version, score, shadow);
    scores.impression(json.getBytes(UTF_8));
  }

  private void served() throws IOException {
    label("a", 1, 1);
    label("b", 0, 2);
    label("c", 0, 3);
    label("c", 1, 3); // was clicked late
    label("c", 0, 3);
    label("d", 0, 4);
    impression("a", "v1", 0.5, 0.75);
    impression("b", "v1", 0.25, 0.125);
    impression("b", "v1", 0.25, 0.125); // was written twice
    impression("c", "v2", 0.5, 0.75);
    impression("d", "v2", 0.25, 0.125);
    impression("e", "v2", 0.9, 0.9);
    scores.impression("{\"impression_id\": \"f\", \"features\": {}}".getBytes(UTF_8));
  }

  @Test
  void labelsOfOtherTasksArePassedOver() throws IOException {
    ServedScores clicks = new ServedScores(Optional.of("click"));
    for (ServedScores some : new ServedScores[] {clicks, scores}) {
      some.label(of("click", 0));
      some.label(of("purchase", 1));
      some.impression(
          "{\"impression_id\": \"a\", \"served\": {\"model\": \"ctr\", \"version\": \"v1\", \"score\": 0.5}}"
              .getBytes(UTF_8));
    }

    JsonNode json = ServedReport.of(clicks, new Bootstrap(Optional.empty(), 50, 1)).toJson();
    assertThat(json.at("/served/ctr/figures/logloss/value").asDouble())
        .isCloseTo(Math.log(2), within(1e-6));
    assertThat(json.at("/served/ctr/examples").asInt()).isEqualTo(1);
    assertThatThrownBy(() -> scores.checkTask("topic:p"))
        .hasMessage(
            "topic:p holds labels of click, purchase; expected --task with the one that the"
                + " server's scores are of: the first of model.tasks");
  }

  private static PredictedExample of(String task, float label) {
    return new PredictedExample("m", "a", 1000, label, 1, 0.9f, 1, 1, Optional.of(task));
  }

  @Test
  void whatWasServedIsHeldAgainstTheLabelsByVersion() throws IOException {
    served();

    JsonNode json = ServedReport.of(scores, new Bootstrap(Optional.empty(), 50, 1)).toJson();

    assertThat(json.path("unlabeled").asLong()).isEqualTo(1);
    assertThat(json.path("served").path("ctr").path("examples").asInt()).isEqualTo(4);
    assertThat(json.path("served").path("ctr v1").path("examples").asInt()).isEqualTo(2);
    double logloss = -(Math.log(0.5) + Math.log(0.75)) / 2;
    for (String served : new String[] {"ctr", "ctr v1", "ctr v2"}) {
      JsonNode figures = json.path("served").path(served).path("figures");
      assertThat(figures.path("logloss").path("value").asDouble()).isCloseTo(logloss, within(1e-6));
      assertThat(figures.path("calibration").path("value").asDouble())
          .isCloseTo(0.75, within(1e-6));
    }
  }

  @Test
  void aShadowIsComparedWithWhatWasAnsweredForTheSameImpressions() throws IOException {
    served();

    ServedReport report = ServedReport.of(scores, new Bootstrap(Optional.empty(), 200, 1));
    JsonNode shadow = report.toJson().path("shadows").path(0);
    StringWriter text = new StringWriter();
    report.print(new PrintWriter(text, true));

    double answered = -(Math.log(0.5) + Math.log(0.75)) / 2;
    double own = -(Math.log(0.75) + Math.log(0.875)) / 2;
    assertThat(shadow.path("pairs").asInt()).isEqualTo(4);
    assertThat(shadow.path("b").path("model").asText()).isEqualTo("next v9");
    assertThat(shadow.path("difference").path("logloss").path("value").asDouble())
        .isCloseTo(own - answered, within(1e-6));
    assertThat(text.toString()).contains("next v9", "B is better", "1 impressions without a label");
  }
}
