package io.freshet.lab.labels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.freshet.event.Click;
import io.freshet.feature.example.EncodedImpression;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class LabelsCommandTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void everyPolicyIsHeldAgainstTheSameLabels() throws Exception {
    int code =
        run(new LabelsCommand(), "--impressions", "4000", "--delay", "1", "--drift", "1", "--json");

    assertThat(code).as(err.toString()).isZero();
    JsonNode rows = new ObjectMapper().readTree(out.toString());
    assertThat(rows).hasSize(7).allMatch(row -> row.get("impressions").asLong() == 2000);
    assertThat(rows)
        .extracting(row -> row.get("clicks").asLong())
        .containsOnly(rows.get(0).get("clicks").asLong());
    assertThat(rows.get(0).get("policy").asText()).isEqualTo("labels at once");
    assertThat(rows.get(0).get("gap_closed").asDouble()).isEqualTo(1);
  }

  @Test
  void samplingReportsWhatWasLearned() {
    int code = run(new SamplingCommand(), "--impressions", "3000", "--rate", "0.5");

    assertThat(code).as(err.toString()).isZero();
    assertThat(out.toString()).contains("full-wait, log-odds", "fake-negative-weighted, r");
  }

  @Test
  void samplingIsDataWhereThatIsAskedFor() throws Exception {
    int code = run(new SamplingCommand(), "--impressions", "3000", "--rate", "0.5", "--json");

    assertThat(code).as(err.toString()).isZero();
    JsonNode rows = new ObjectMapper().readTree(out.toString());
    assertThat(rows).hasSize(10);
    assertThat(rows.get(0).get("policy").asText()).isEqualTo("wait");
    assertThat(rows.get(1).get("learned").asLong()).isLessThan(rows.get(0).get("learned").asLong());
  }

  @Test
  void wrongUsageIsRefused() {
    assertThat(run(new LabelsCommand(), "--impressions", "1")).isEqualTo(2);
    assertThat(run(new SamplingCommand(), "--rate", "1")).isEqualTo(2);
    assertThat(err.toString()).contains("--impressions must be 1000 or more", "below 1");
  }

  @Test
  void clickDelaysAreExponentialAndTheTruthIsOfTheWindow() {
    Duration window = Duration.ofMinutes(30);
    Duration delay = Duration.ofMinutes(30);
    LabelTraffic traffic =
        LabelTraffic.of(new LabelTraffic.Conditions(7, 20_000, 4, 0.3, 0.05, true), delay, window);
    Map<String, Long> shown = new HashMap<>();
    int clicks = 0;
    int quick = 0;
    int inTime = 0;
    for (Object event : traffic.events()) {
      if (event instanceof EncodedImpression impression) {
        shown.put(impression.id(), impression.timestamp());
      } else if (event instanceof Click click) {
        long after = click.timestamp() - shown.get(click.impressionId());
        clicks++;
        quick += after <= delay.toMillis() / 2 ? 1 : 0;
        inTime += after <= window.toMillis() ? 1 : 0;
      }
    }

    assertThat((double) quick / clicks).isCloseTo(1 - Math.exp(-0.5), within(0.02));
    assertThat((double) inTime / clicks).isCloseTo(1 - Math.exp(-1), within(0.02));
    assertThat(traffic.truths().values().stream().filter(LabelTraffic.Secret::clicked).count())
        .isEqualTo(inTime);
    double truth =
        traffic.truths().values().stream().mapToDouble(LabelTraffic.Secret::probability).sum();
    assertThat(truth / inTime).isCloseTo(1, within(0.05));
  }

  private int run(Object command, String... arguments) {
    return new CommandLine(command)
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(arguments);
  }
}
