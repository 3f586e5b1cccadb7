package io.freshet.cli.console.watch;

import com.fasterxml.jackson.databind.JsonNode;
import io.freshet.cli.console.source.FlinkRest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Metrics of a job's operators, by operator and name, summed over subtasks; for a state, the
 * largest.
 *
 * @param operators by the name that they have in names of metrics
 */
record JobMetrics(Map<String, Map<String, Double>> operators) {
  /** The learner's own metrics, not the hundreds of Flink, Kafka and the JVM. */
  private static final Pattern OURS =
      Pattern.compile(
          "[^.]+\\.(events|dead_letters|impressions|clicks|positives|negatives"
              + "|(duplicate|late|waiting)_(impressions|clicks)|(orphan|joined|ignored)_clicks"
              + "|fake_negatives|negatives_sampled_out|corrections|lost_examples"
              + "|examples|skipped|batches_in_flight|last_drain_millis|breaker)");

  private static final String STATE = ".breaker"; // the worst of all: no sum

  private static final int MOST_ASKED = 40; // in one address

  static JobMetrics of(FlinkRest flink, String job) throws IOException, InterruptedException {
    Map<String, Map<String, Double>> operators = new TreeMap<>();
    for (JsonNode vertex : flink.get("/jobs/" + job).path("vertices")) {
      String path =
          "/jobs/%s/vertices/%s/subtasks/metrics".formatted(job, vertex.get("id").asText());
      List<String> names = new ArrayList<>();
      flink.get(path).forEach(metric -> names.add(metric.get("id").asText()));
      names.removeIf(name -> !OURS.matcher(name).matches());
      for (int i = 0; i < names.size(); i += MOST_ASKED) {
        List<String> asked = names.subList(i, Math.min(names.size(), i + MOST_ASKED));
        for (JsonNode metric : flink.get(path + "?agg=sum,max&get=" + String.join(",", asked))) {
          String name = metric.get("id").asText();
          String aggregate = name.endsWith(STATE) ? "max" : "sum";
          add(name, metric.path(aggregate).asDouble(), operators);
        }
      }
    }
    return new JobMetrics(operators);
  }

  private static void add(String name, double sum, Map<String, Map<String, Double>> to) {
    int dot = name.indexOf('.');
    to.computeIfAbsent(name.substring(0, dot), operator -> new TreeMap<>())
        .put(name.substring(dot + 1), sum);
  }

  /** The operators that publish a metric, given with the dot before its name. */
  Map<String, Map<String, Double>> operatorsWith(String metric) {
    Map<String, Map<String, Double>> with = new TreeMap<>(operators);
    with.values().removeIf(metrics -> !metrics.containsKey(metric.substring(1)));
    return with;
  }

  /** All metrics of the operator that publishes one; empty without one. */
  Map<String, Double> ofOperatorWith(String metric) {
    return operatorsWith(metric).values().stream().findFirst().orElse(Map.of());
  }
}
