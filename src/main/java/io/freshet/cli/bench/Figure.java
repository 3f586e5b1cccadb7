package io.freshet.cli.bench;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/**
 * One measurement: the medians of its rounds.
 *
 * @param examplesPerSecond as learned
 * @param roofline examples a second if their matrix products were all, at the speed of this run
 */
record Figure(
    String bench,
    String what,
    Workload workload,
    int parallelism,
    double examplesPerSecond,
    double roofline,
    int rounds) {

  double ratio() {
    return examplesPerSecond / roofline;
  }

  ObjectNode json() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("bench", bench);
    json.put("what", what);
    json.put("examples_per_second", Math.round(examplesPerSecond));
    json.put("roofline", Math.round(roofline));
    json.put("ratio", Math.round(1000 * ratio()) / 1000.0);
    json.put("parallelism", parallelism);
    json.put("batch_size", workload.batchSize());
    json.put("step_size", workload.stepSize());
    json.put("in_flight", workload.inFlight());
    json.put("rounds", rounds);
    return json;
  }

  static double median(List<Double> values) {
    List<Double> sorted = values.stream().sorted().toList();
    int middle = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(middle)
        : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
  }
}
