package io.freshet.lab.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The alerts on metrics as they go when something fails, and when nothing does. */
final class AlertsTest {
  private static final Path CASES = Path.of("docker/prometheus/alerts-test.yml");
  private static final Pattern ALERT = Pattern.compile("alertname=\"(\\w+)\"");

  @Test
  void everyAlertFiresWhereItShouldAndNowhereElse() throws Exception {
    assumeThat(Prometheus.program("promtool"))
        .as("promtool is not installed (apt-get install prometheus): its part is skipped")
        .isPresent();

    Process promtool =
        new ProcessBuilder(
                Prometheus.program("promtool").orElseThrow().toString(),
                "test",
                "rules",
                CASES.toString())
            .redirectErrorStream(true)
            .start();
    String said = new String(promtool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(promtool.waitFor()).as(said).isZero();
  }

  @Test
  void everyAlertHasACaseInWhichItFiresAndOneInWhichItDoesNot() throws IOException {
    Set<String> alerts =
        Queries.rules().stream()
            .map(rule -> rule.get("alert").asText())
            .collect(Collectors.toSet());

    assertThat(alertsOfCases(true)).isEqualTo(alerts);
    assertThat(alertsOfCases(false)).isEqualTo(alerts);
  }

  private static Set<String> alertsOfCases(boolean firing) throws IOException {
    Set<String> alerts = new TreeSet<>();
    for (JsonNode test : new YAMLMapper().readTree(CASES.toFile()).get("tests")) {
      for (JsonNode expected : test.get("promql_expr_test")) {
        Matcher alert = ALERT.matcher(expected.get("expr").asText());
        if (alert.find() && expected.get("exp_samples").isEmpty() != firing) {
          alerts.add(alert.group(1));
        }
      }
    }
    return alerts;
  }
}
